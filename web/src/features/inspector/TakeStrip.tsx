// All takes of a segment: look, use, pin, and ask for more.
import { asProblem } from "@/api/problem";
import type { Segment, Take } from "@/api/types";
import { asInCut, isClip } from "@/engine/takes";
import { chooseTake, lookAtTake } from "@/lib/actions/chooseTake";
import { putTake } from "@/lib/actions/takes";
import { useDrawnProgress } from "@/lib/hooks/useDrawnProgress";
import { useTakes } from "@/lib/queries";
import { useCandidate } from "@/lib/store/candidate";
import { useIsMaking } from "@/lib/store/jobs";
import { LoadFailed } from "@/ui/LoadFailed";
import { ProgressRing, turnRing } from "@/ui/Progress";
import { TakeButtons } from "./TakeButtons";
import { TakeCard } from "./TakeCard";
import { TakeDetails } from "./TakeDetails";

export function TakeStrip({ segment }: { segment: Segment }) {
  const takes = useTakes(segment.id);
  const candidate = useCandidate(({ take }) => take);
  const list = asInCut((takes.data ?? []).filter(isClip), segment);
  const underWay = useUnderWay(segment);
  const lookedAt = list.find(({ id }) => id === candidate?.id);
  const told = lookedAt ?? list.find((take) => take.is_current);
  return (
    <section aria-label="Takes" className="flex flex-col gap-2">
      <h3 className="text-xs font-medium text-muted">
        Takes {list.length > 0 && <span className="text-faint tabular-nums">{list.length}</span>}
      </h3>
      <TakeButtons segment={segment} />
      {takes.isError && (
        <LoadFailed
          title="The takes could not be loaded"
          reason={asProblem(takes.error).message}
          isBusy={takes.isFetching}
          onRetry={() => void takes.refetch()}
        />
      )}
      {list.length === 0 && underWay === 0 ? (
        <Nothing query={takes} expected={segment.take_count} />
      ) : (
        <ul className={GRID}>
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

const GRID = "grid grid-cols-[repeat(auto-fill,minmax(8rem,1fr))] gap-2";
/** Places that are kept for takes while they are fetched. */
const MOST_PLACES = 4;

interface NothingProps {
  query: { isPending: boolean; isError: boolean };
  /** How many takes there are as the segment says. */
  expected: number;
}

/** That there are no takes is said only once it is known: it invites to pay for one. */
function Nothing({ query, expected }: NothingProps) {
  if (query.isError) return null;
  if (query.isPending) {
    const places = Math.max(1, Math.min(expected, MOST_PLACES));
    return (
      <div role="status" aria-label="Loading the takes" className={GRID}>
        {Array.from({ length: places }, (_, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: an empty place is nothing but its place
          <div key={place} className="aspect-[4/2.9] animate-shimmer rounded-lg bg-raised" />
        ))}
      </div>
    );
  }
  return (
    <p className="rounded-xl border border-dashed border-line px-3 py-4 text-center text-xs text-faint">
      No takes yet. Render the film, or make one now.
    </p>
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
  const ring = useDrawnProgress(isOnly ? segmentId : null, null, turnRing);
  return (
    <li className="flex aspect-video animate-shimmer flex-col items-center justify-center gap-1.5 rounded-lg border border-accent/50 bg-accent-soft text-2xs text-accent">
      <ProgressRing ref={ring} share={null} label="Generating" className="size-5" />
      Under way
    </li>
  );
}
