// All takes of a segment: look, use, pin, and ask for more.
import type { Segment, Take } from "@/api/types";
import { asInCut } from "@/engine/takes";
import { chooseTake, lookAtTake } from "@/lib/actions/chooseTake";
import { putTake } from "@/lib/actions/takes";
import { useTakes } from "@/lib/queries";
import { useCandidate } from "@/lib/store/candidate";
import { useIsMaking, useSegmentProgress } from "@/lib/store/jobs";
import { ProgressRing } from "@/ui/Progress";
import { TakeButtons } from "./TakeButtons";
import { TakeCard } from "./TakeCard";
import { TakeDetails } from "./TakeDetails";

export function TakeStrip({ segment }: { segment: Segment }) {
  const takes = useTakes(segment.id);
  const candidate = useCandidate(({ take }) => take);
  // Pictures that a clip is made from are takes too, but nothing that can be put into the cut.
  const clips = (takes.data ?? []).filter((take) => take.makes !== "image");
  const list = asInCut(clips, segment);
  const underWay = useUnderWay(segment);
  const lookedAt = list.find(({ id }) => id === candidate?.id);
  const told = lookedAt ?? list.find((take) => take.is_current);
  return (
    <section aria-label="Takes" className="flex flex-col gap-2">
      <h3 className="text-xs font-medium text-muted">
        Takes {list.length > 0 && <span className="text-faint tabular-nums">{list.length}</span>}
      </h3>
      <TakeButtons segment={segment} />
      {list.length === 0 && underWay === 0 ? (
        <p className="rounded-xl border border-dashed border-line px-3 py-4 text-center text-xs text-faint">
          No takes yet. Render the film, or make one now.
        </p>
      ) : (
        <ul className="grid grid-cols-[repeat(auto-fill,minmax(8rem,1fr))] gap-2">
          {Array.from({ length: underWay }, (_, place) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: takes under way have nothing but their place
            <UnderWay key={place} segmentId={segment.id} isOnly={underWay === 1} />
          ))}
          {list.map((take) => (
            <TakeCard
              key={take.id}
              take={take}
              isCandidate={take.id === lookedAt?.id}
              onLook={() => lookAtTake(take)}
              onUse={() => void chooseTake(take)}
              onPin={() => pin(segment, take)}
            />
          ))}
        </ul>
      )}
      {told && <TakeDetails segment={segment} take={told} />}
    </section>
  );
}

const pin = (segment: Segment, take: Take) => void putTake(segment.id, take.id, !take.is_pinned);

/** How many takes are being made for a segment. */
function useUnderWay(segment: Segment): number {
  const isMaking = useIsMaking(segment.id);
  const others = segment.other_jobs.filter(({ state }) => state !== "needs_attention").length;
  const own = segment.status === "generating" ? 1 : 0;
  return Math.max(others + own, isMaking ? 1 : 0);
}

/** Progress comes by segment: with several takes under way it is nobody's own. */
function UnderWay({ segmentId, isOnly }: { segmentId: string; isOnly: boolean }) {
  const progress = useSegmentProgress(segmentId);
  return (
    <li className="flex aspect-video animate-shimmer flex-col items-center justify-center gap-1.5 rounded-lg border border-accent/50 bg-accent-soft text-2xs text-accent">
      <ProgressRing share={isOnly ? progress : null} label="Generating" className="size-5" />
      Under way
    </li>
  );
}
