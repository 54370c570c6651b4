// The plan, segment by segment: what is reused, what is made, why, and what it costs.
import { asProblem } from "@/api/problem";
import type { Plan } from "@/api/types";
import { framesPerSecond } from "@/engine/frameRate";
import { priceText } from "@/engine/money";
import { planWork } from "@/engine/planSummary";
import { clock, roughWait } from "@/engine/timecode";
import { useProject } from "@/lib/store/document";
import { Button } from "@/ui/Button";
import { Notice } from "@/ui/Notice";
import { PlanOutputs } from "./PlanOutputs";
import { PlanProblems } from "./PlanProblems";
import { PlanRows } from "./PlanRows";

interface PlanPanelProps {
  plan: Plan | undefined;
  error: unknown;
  onRetry: () => void;
}

export function PlanPanel({ plan, error, onRetry }: PlanPanelProps) {
  const { settings } = useProject();
  if (plan === undefined) {
    return (
      <div className="p-4">
        {error ? (
          <Notice
            tone="bad"
            title="No plan could be made"
            actions={
              <Button size="sm" onClick={onRetry}>
                Try again
              </Button>
            }
          >
            {asProblem(error).message} {asProblem(error).fix}
          </Notice>
        ) : (
          <p className="text-muted">Working out what to do…</p>
        )}
      </div>
    );
  }
  return (
    <>
      <div className="border-b border-line px-4 py-3">
        <p className="text-sm font-semibold">{planWork(plan)}</p>
        <dl className="mt-2 grid grid-cols-3 gap-2">
          <Fact name="Price" value={priceText(plan.price)} />
          <Fact name="Ready in" value={roughWait(plan.seconds)} />
          <Fact
            name="Length"
            value={
              plan.frames === null ? "open" : clock(plan.frames / framesPerSecond(settings.fps))
            }
          />
        </dl>
      </div>
      <PlanProblems problems={plan.problems} />
      <PlanRows rows={plan.segments} />
      <PlanOutputs outputs={plan.outputs} />
      <Composing plan={plan} />
    </>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt className="text-2xs text-faint">{name}</dt>
      <dd className="tabular-nums">{value}</dd>
    </div>
  );
}

function Composing({ plan }: { plan: Plan }) {
  if (plan.steps.length === 0) return null;
  const made = plan.steps.filter((step) => step.action === "make").length;
  const kept = plan.steps.length - made;
  const seconds = plan.encode_seconds;
  return (
    <p className="border-t border-line px-4 py-2 text-xs text-muted">
      Then put together: {made} {made === 1 ? "step" : "steps"} to do, {kept} kept from before
      {seconds > 0 && `; ${seconds.toFixed(1)} s of picture to encode`}
    </p>
  );
}
