// Asks before a render that may cost, or whose plan has changed since it was shown.
import type { Plan } from "@/api/types";
import { priceText } from "@/engine/money";
import { planChanges } from "@/engine/planDrift";
import { planWork } from "@/engine/planSummary";
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
  const hasDrifted = before !== null;
  const title = hasDrifted ? "The plan has changed" : `Render for ${priceText(plan.price)}?`;
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
    <Dialog
      isOpen
      onClose={onClose}
      title={title}
      description={hasDrifted && "Since it was shown. Nothing was started; what differs:"}
      footer={footer}
    >
      {lines.length > 0 && (
        <ul aria-label="What differs" className="mb-3 list-disc pl-5">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      <p className="text-muted">
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
