// What stands in the preview before there is a clip: the segment's words, and how it gets made. It is
// clear: the deck draws the card itself, with the transitions and titles that are on it.
import type { Segment } from "@/api/types";
import { clipState } from "@/engine/clipState";
import { useSegmentProgress } from "@/lib/store/jobs";
import { ProgressBar } from "@/ui/Progress";

const WORDS: Partial<Record<ReturnType<typeof clipState>, string>> = {
  generating: "Generating this segment",
  failed: "This segment could not be generated. The inspector says why.",
  needs_attention: "This segment waits for your decision in the inspector.",
};

export function EmptyPicture({ segment }: { segment: Segment }) {
  const progress = useSegmentProgress(segment.id);
  const state = clipState(segment);
  return (
    <div className="pointer-events-none absolute inset-0 flex flex-col items-center justify-center gap-4 p-[6%] text-center">
      <p className="line-clamp-4 max-w-[36ch] text-[clamp(0.875rem,2.4cqw,1.375rem)] leading-snug font-medium text-balance text-white/90">
        {segment.prompt}
      </p>
      {state === "generating" && (
        <ProgressBar
          share={progress ?? segment.progress ?? null}
          label="Generating"
          className="w-48 bg-white/15"
        />
      )}
      <p className="text-xs text-white/60">
        {WORDS[state] ?? "Not made yet. Render, or ask for a take."}
      </p>
    </div>
  );
}
