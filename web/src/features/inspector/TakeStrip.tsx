// All takes of a segment: look, use, pin, and ask for one more.
import { Sparkles } from "lucide-react";
import { useState } from "react";
import type { Segment, Take } from "@/api/types";
import { askForTake, putTake } from "@/lib/actions/takes";
import { useTakes } from "@/lib/queries";
import { useIsMaking } from "@/lib/store/jobs";
import { Button } from "@/ui/Button";
import { Spinner } from "@/ui/Spinner";
import { TakeCard } from "./TakeCard";

interface TakeStripProps {
  segment: Segment;
  /** What one more take may cost, in words, such as "free". */
  price: string;
  /** The most that it may cost as a decimal string, null when that is not known. */
  maxCost: string | null;
  mayCost: boolean;
}

export function TakeStrip({ segment, price, maxCost, mayCost }: TakeStripProps) {
  const takes = useTakes(segment.id);
  const list = takes.data ?? [];
  const isMaking = useIsMaking(segment.id);
  const isUnderWay = segment.other_jobs.some((job) => job.state !== "needs_attention");
  const isGenerating = isMaking || isUnderWay || segment.status === "generating";
  return (
    <section aria-label="Takes" className="flex flex-col gap-2">
      <div className="flex items-center justify-between gap-2">
        <h3 className="text-xs font-medium text-muted">
          Takes {list.length > 0 && <span className="text-faint tabular-nums">{list.length}</span>}
        </h3>
        <NewTake
          segment={segment}
          price={price}
          maxCost={maxCost}
          mayCost={mayCost}
          isBusy={isGenerating}
        />
      </div>
      {list.length === 0 && !isGenerating ? (
        <p className="rounded-xl border border-dashed border-line px-3 py-4 text-center text-xs text-faint">
          No takes yet. Render the film, or make one now.
        </p>
      ) : (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(8rem,1fr))] gap-2">
          {isGenerating && (
            <li className="flex aspect-video animate-shimmer items-center justify-center rounded-lg border border-accent/50 bg-accent-soft text-accent">
              <Spinner />
            </li>
          )}
          {list.map((take) => (
            <TakeCard
              key={take.id}
              take={take}
              onUse={() => use(segment, take)}
              onPin={() => pin(segment, take)}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

const use = (segment: Segment, take: Take) => void putTake(segment.id, take.id, false);
const pin = (segment: Segment, take: Take) => void putTake(segment.id, take.id, !take.is_pinned);

function NewTake({
  segment,
  price,
  maxCost,
  mayCost,
  isBusy,
}: TakeStripProps & { isBusy: boolean }) {
  const [isAsking, setAsking] = useState(false);
  const start = () => {
    setAsking(false);
    void askForTake(segment.id, maxCost);
  };
  if (isAsking) {
    return (
      <span className="flex items-center gap-1.5">
        <Button size="sm" look="quiet" onClick={() => setAsking(false)}>
          Cancel
        </Button>
        <Button size="sm" look="primary" autoFocus onClick={start}>
          Generate, {price}
        </Button>
      </span>
    );
  }
  return (
    <Button size="sm" isBusy={isBusy} onClick={mayCost ? () => setAsking(true) : start}>
      {!isBusy && <Sparkles />}
      {isBusy ? "Generating" : "New take"}
      {!isBusy && <span className="font-normal text-faint">{price}</span>}
    </Button>
  );
}
