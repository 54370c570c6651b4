// Asks before new takes are made that may cost something.
import type { Segment } from "@/api/types";
import { costOfTakes, startTakes } from "@/commands/generate";
import { closeWindow, useWindow } from "@/commands/windows";
import { money, priceText } from "@/engine/money";
import { roughWait, shortWait } from "@/engine/timecode";
import { findModel, useModels, usePlan } from "@/lib/queries";
import { useProject } from "@/lib/store/document";
import { useTakesPrice } from "@/lib/takesPrice";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

export default function NewTakesDialog() {
  const { segments } = useProject();
  const { segmentId, count } = useWindow();
  const segment = segments.find((other) => other.id === segmentId);
  return segment ? <Ask segment={segment} count={count} /> : null;
}

function Ask({ segment, count }: { segment: Segment; count: number }) {
  const plan = usePlan(segment.project_id).data;
  const models = useModels().data;
  const told = useTakesPrice(segment, count);
  const { price, seconds } = costOfTakes(segment, count, plan, models, told);
  const what = count === 1 ? "a new take" : `${count} new takes`;
  const start = () => {
    closeWindow();
    void startTakes(segment.id, count, price);
  };
  return (
    <Dialog
      isOpen
      onClose={closeWindow}
      title={`Generate ${what} of segment ${segment.order_index + 1}?`}
      description={segment.prompt}
      footer={
        <>
          <Button look="quiet" onClick={closeWindow}>
            Not now
          </Button>
          <Button look="primary" onClick={start}>
            {price?.is_known ? `Generate, ${priceText(price)}` : "Generate anyway"}
            {seconds !== null && ` · ${shortWait(seconds)}`}
          </Button>
        </>
      }
    >
      {price?.is_known ? (
        <p>
          This costs {priceText(price)}
          {seconds !== null && ` and takes ${roughWait(seconds)}`}. Every take is kept; the film
          goes on showing the one it shows.
        </p>
      ) : (
        <PriceList segment={segment} />
      )}
    </Dialog>
  );
}

/** Nobody can say what all of it costs, so all there is to say is how the model charges. */
function PriceList({ segment }: { segment: Segment }) {
  const model = findModel(useModels().data, segment.model_params.model);
  const rows = model?.prices ?? [];
  if (rows.length === 0) {
    return (
      <p className="text-warn">
        {model?.title ?? "This model"} does not publish its price, so nobody can say what this will
        cost.
      </p>
    );
  }
  return (
    <>
      <p>{model?.title} charges:</p>
      <ul className="mt-2 list-disc pl-5 text-muted">
        {rows.map((row) => (
          <li key={JSON.stringify([row.unit, row.when])} className="tabular-nums">
            {money(row.amount, row.currency)} a {row.unit.replaceAll("_", " ")}
          </li>
        ))}
      </ul>
    </>
  );
}
