// Asking for one more take, or four, with the price and the time before it is pressed.
import { LayoutGrid, Sparkles } from "lucide-react";
import type { Segment } from "@/api/types";
import { askForTakes, costOfTakes, isMissing } from "@/commands/generate";
import { useKeyText } from "@/commands/keySettings";
import { useIsSeedLocked } from "@/commands/seedLocks";
import { priceText } from "@/engine/money";
import { roughWait } from "@/engine/timecode";
import { useModels, usePlan } from "@/lib/queries";
import { useTakesPrice } from "@/lib/takesPrice";
import { Button } from "@/ui/Button";
import { Tooltip } from "@/ui/Tooltip";

const FOUR = 4;

export function TakeButtons({ segment }: { segment: Segment }) {
  const one = useOffer(segment, 1);
  const four = useOffer(segment, FOUR);
  return (
    <div className="grid grid-cols-2 gap-2">
      <Tooltip text={one.hint} keys={useKeyText("take.new")}>
        <Button size="sm" onClick={() => askForTakes(segment, 1)}>
          <Sparkles aria-hidden />
          New take <span className="font-normal text-faint">{one.price}</span>
        </Button>
      </Tooltip>
      <Tooltip text={four.hint} keys={useKeyText("take.four")}>
        <Button size="sm" onClick={() => askForTakes(segment, FOUR)}>
          <LayoutGrid aria-hidden />4 variations{" "}
          <span className="font-normal text-faint">{four.price}</span>
        </Button>
      </Tooltip>
    </div>
  );
}

/** What a button says: the price, and what is worth knowing before. */
function useOffer(segment: Segment, count: number): { price: string; hint: string } {
  const plan = usePlan(segment.project_id).data;
  const told = useTakesPrice(segment, count);
  const cost = costOfTakes(segment, count, plan, useModels().data, told);
  const row = plan?.segments.find(({ segment_id }) => segment_id === segment.id);
  const wait = row !== undefined && row.seconds > 0 ? `, ${roughWait(row.seconds)} each` : "";
  const price = cost.price !== null ? priceText(cost.price) : cost.mayCost ? "paid" : "free";
  const further = useIsSeedLocked(segment.id) ? LOCKED : FURTHER;
  return { price, hint: `${isMissing(row) && count === 1 ? MISSING : further}${wait}` };
}

const MISSING = "Makes what the segment asks for now";
/** The server moves the seed on for each take; the same seed would pay for the same picture twice. */
const FURTHER =
  "The cut stays as it is; every take counts the seed on by one, so each is a picture of its own";
const LOCKED =
  "The cut stays as it is; the seed is locked, so a model that keeps to it makes the same picture";
