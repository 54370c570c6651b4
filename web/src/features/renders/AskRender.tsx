// Asks before a render that may cost, or whose plan has changed since it was shown.
import type { Plan } from "@/api/types";
import { priceText } from "@/engine/money";
import { planChanges, planWork } from "@/engine/planSummary";
import { roughWait } from "@/engine/timecode";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import type { Question } from "./useStartRender";

interface AskRenderProps {
  question: Question;
  onClose: () => void;
  onGo: (plan: Plan) => void;
}

export function AskRender({ question: { plan, before }, onClose, onGo }: AskRenderProps) {
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
