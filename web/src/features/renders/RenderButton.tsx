// The Render button: says the price first, asks when it costs, shows progress while it runs.
import { Clapperboard } from "lucide-react";
import type { Plan } from "@/api/types";
import { priceText } from "@/engine/money";
import { planChanges, planWork } from "@/engine/planSummary";
import { roughWait } from "@/engine/timecode";
import { usePlan, useRenders } from "@/lib/queries";
import { isRunning } from "@/lib/renderList";
import { useProject } from "@/lib/store/document";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { RenderProgress } from "./RenderProgress";
import { type Question, useStartRender } from "./useStartRender";

export function RenderButton() {
  const { id } = useProject();
  const plan = usePlan(id).data;
  const running = useRenders(id).data?.find(isRunning);
  const { begin, go, isStarting, question, dismiss } = useStartRender();
  if (running) return <RenderProgress job={running} />;
  return (
    <>
      <Button
        look="primary"
        disabled={plan === undefined || plan.segments.length === 0}
        isBusy={isStarting}
        onClick={() => plan && void begin(plan)}
      >
        {!isStarting && <Clapperboard />}
        Render
      </Button>
      {question && <Ask question={question} onClose={dismiss} onGo={(agreed) => void go(agreed)} />}
    </>
  );
}

interface AskProps {
  question: Question;
  onClose: () => void;
  onGo: (plan: Plan) => void;
}

function Ask({ question: { plan, before }, onClose, onGo }: AskProps) {
  const lines = before === null ? [] : planChanges(before, plan);
  const title = before === null ? `Render for ${priceText(plan.price)}?` : "The plan has changed";
  const isUnknown = !plan.price.is_known;
  const footer = (
    <>
      <Button look="quiet" onClick={onClose}>
        Not now
      </Button>
      <Button look="primary" onClick={() => onGo(plan)}>
        {isUnknown ? "Render anyway" : `Render, ${priceText(plan.price)}`}
      </Button>
    </>
  );
  return (
    <Dialog isOpen onClose={onClose} title={title} footer={footer}>
      {lines.length > 0 && (
        <ul className="mb-3 list-disc pl-5 text-muted">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <p>
        {planWork(plan)}, ready in {roughWait(plan.seconds)}.
      </p>
      {isUnknown && (
        <p className="mt-2 text-warn">
          At least one model does not publish its price, so nobody can say what this will cost.
        </p>
      )}
    </Dialog>
  );
}
