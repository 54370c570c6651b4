// Asking for one more take, or four, with the price and the time before it is pressed.
import { LayoutGrid, Sparkles } from "lucide-react";
import type { Segment } from "@/api/types";
import { askForTakes, costOfTakes, costText, isMissing } from "@/commands/generate";
import { useKeyText } from "@/commands/keySettings";
import { useIsSeedLocked } from "@/commands/seedLocks";
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
        <Button size="sm" className={TWO_LINES} onClick={() => askForTakes(segment, 1)}>
          <span className={LABEL}>
            <Sparkles aria-hidden />
            New take
          </span>{" "}
          <span className={COST}>{one.cost}</span>
        </Button>
      </Tooltip>
      <Tooltip text={four.hint} keys={useKeyText("take.four")}>
        <Button size="sm" className={TWO_LINES} onClick={() => askForTakes(segment, FOUR)}>
          <span className={LABEL}>
            <LayoutGrid aria-hidden />4 variations
          </span>{" "}
          <span className={COST}>{four.cost}</span>
        </Button>
      </Tooltip>
    </div>
  );
}

const TWO_LINES = "h-auto min-w-0 flex-col gap-0 px-1.5 py-1";
const LABEL = "flex items-center gap-1.5 [&>svg]:size-3.5";
const COST = "max-w-full truncate font-normal text-2xs text-faint tabular-nums";

/** What a button says: price and time, and what is worth knowing before. */
function useOffer(segment: Segment, count: number): { cost: string; hint: string } {
  const plan = usePlan(segment.project_id).data;
  const told = useTakesPrice(segment, count);
  const cost = costOfTakes(segment, count, plan, useModels().data, told);
  const row = plan?.segments.find(({ segment_id }) => segment_id === segment.id);
  const further = useIsSeedLocked(segment.id) ? LOCKED : FURTHER;
  return { cost: costText(cost), hint: isMissing(row) && count === 1 ? MISSING : further };
}

const MISSING = "Makes what the segment asks for now";
/** The server moves the seed on for each take; the same seed would pay for the same picture twice. */
const FURTHER =
  "The cut stays as it is; every take counts the seed on by one, so each is a picture of its own";
const LOCKED =
  "The cut stays as it is; the seed is locked, so a model that keeps to it makes the same picture";
