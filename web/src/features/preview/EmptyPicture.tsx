// What stands in the preview before there is a clip: the segment's words, and how it gets made. It is
// clear: the deck draws the card itself, with the transitions and titles that are on it.
import type { Segment } from "@/api/types";
import { clipState } from "@/engine/clipState";
import { useDrawnProgress } from "@/lib/hooks/useDrawnProgress";
import { usePlacedItems } from "@/lib/hooks/usePlacedItems";
import { usePlayer } from "@/lib/store/player";
import { Badge } from "@/ui/Badge";
import { fillBar, ProgressBar } from "@/ui/Progress";

const WORDS: Partial<Record<ReturnType<typeof clipState>, string>> = {
  generating: "Generating this segment",
  failed: "This segment could not be generated",
  needs_attention: "This segment waits for your decision",
};

export function EmptyPicture({ segment }: { segment: Segment }) {
  const isCovered = useIsCovered();
  const state = clipState(segment);
  const words = WORDS[state] ?? "Not made yet. Render, or ask for a take.";
  if (isCovered) return <Aside words={words} />;
  return (
    <div className="@container-size pointer-events-none absolute inset-0">
      <div className="flex h-full flex-col items-center justify-center gap-4 p-[6%] text-center [@container(max-height:10rem)]:gap-1.5">
        <p
          dir="auto"
          className="line-clamp-4 shrink-0 max-w-[36ch] text-[clamp(0.875rem,2.4cqw,1.375rem)] leading-snug font-medium text-balance text-white/90 [@container(max-height:10rem)]:line-clamp-2"
        >
          {segment.prompt}
        </p>
        {state === "generating" && <Bar segmentId={segment.id} share={segment.progress ?? null} />}
        <div className="max-w-[60ch] text-xs text-white/60">
          <p>{words}</p>
          {state === "failed" && (
            <p className="line-clamp-2 first-letter:uppercase">{segment.error_message}</p>
          )}
        </div>
      </div>
    </div>
  );
}

function Bar({ segmentId, share }: { segmentId: string; share: number | null }) {
  const bar = useDrawnProgress(segmentId, share, fillBar);
  return <ProgressBar ref={bar} share={null} label="Generating" className="w-48 bg-white/15" />;
}

/** In the corner, because a title or an image has the picture. */
function Aside({ words }: { words: string }) {
  return <Badge className="pointer-events-none absolute top-3 left-3">{words}</Badge>;
}

/** Whether a title or an image is on the film at the playhead; captions leave room for the words. */
function useIsCovered(): boolean {
  const spans = usePlacedItems()
    .filter(({ item }) => item.kind === "text" || item.kind === "image")
    .map(({ span }) => span);
  return usePlayer(({ time }) => spans.some(({ start, end }) => start <= time && time < end));
}
