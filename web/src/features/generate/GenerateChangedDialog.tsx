// Asks before generating everything that changed: what, for how much, and how long it takes.
import { useEffect } from "react";
import type { Plan } from "@/api/types";
import { secondsToStart, startChanged, toStart } from "@/commands/generate";
import { closeWindow, useWindow } from "@/commands/windows";
import { priceText } from "@/engine/money";
import { roughWait, shortWait } from "@/engine/timecode";
import { useProject } from "@/lib/store/document";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Notice } from "@/ui/Notice";
import { useChanged } from "./useChanged";

const NAMED = 8;

export default function GenerateChangedDialog() {
  const { plan, count } = useChanged();
  useClosedWhen(plan !== undefined && count === 0);
  if (plan === undefined || count === 0) return null;
  const start = () => {
    closeWindow();
    void startChanged(plan);
  };
  return (
    <Dialog
      isOpen
      onClose={closeWindow}
      title={`Generate ${count} ${count === 1 ? "segment" : "segments"}, ${priceText(plan.price)}?`}
      description="The clips are kept. Rendering the film later pays nothing for them again."
      footer={
        <>
          <Button look="quiet" onClick={closeWindow}>
            Not now
          </Button>
          <Button look="primary" disabled={!plan.ready} onClick={start}>
            {plan.price.is_known ? `Generate, ${priceText(plan.price)}` : "Generate anyway"} ·{" "}
            {shortWait(secondsToStart(plan))}
          </Button>
        </>
      }
    >
      <Rows plan={plan} />
      {!plan.price.is_known && (
        <p className="mt-2 text-warn">
          At least one model does not publish its price, so nobody can say what this will cost.
        </p>
      )}
      {!plan.ready && (
        <div className="mt-3">
          <Notice tone="bad" title="Something has to be put right first">
            {plan.problems[0]?.message} {plan.problems[0]?.fix}
          </Notice>
        </div>
      )}
    </Dialog>
  );
}

/** What has become pointless goes for good, rather than to come back over whatever is done then. */
function useClosedWhen(isPointless: boolean): void {
  const isOnTop = useWindow(({ name }) => name === "generate-changed");
  useEffect(() => {
    if (isPointless && isOnTop) closeWindow();
  }, [isPointless, isOnTop]);
}

function Rows({ plan }: { plan: Plan }) {
  const { segments } = useProject();
  const rows = toStart(plan);
  const words = (id: string) => segments.find((segment) => segment.id === id)?.prompt ?? "";
  return (
    <ul className="divide-y divide-line rounded-xl border border-line">
      {rows.slice(0, NAMED).map((row) => (
        <li key={row.segment_id} className="flex gap-3 px-3 py-1.5">
          <span className="min-w-5 text-right text-faint tabular-nums">{row.order_index + 1}</span>
          <span className="min-w-0 flex-1 truncate">{words(row.segment_id)}</span>
          <span className="text-muted tabular-nums">
            {priceText(row.price)} · {roughWait(row.seconds)}
          </span>
        </li>
      ))}
      {rows.length > NAMED && (
        <li className="px-3 py-1.5 text-faint">and {rows.length - NAMED} more</li>
      )}
    </ul>
  );
}
