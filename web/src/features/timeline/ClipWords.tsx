// What a clip is called, along its lower edge.
import { memo } from "react";
import type { Segment } from "@/api/types";
import { hasPicture } from "@/engine/clipState";
import { cn } from "@/lib/cn";
import { useSegmentName } from "@/lib/queries";

const ROOM_FOR_NUMBER_PX = 22;
const ROOM_FOR_WORDS_PX = 56;

interface ClipWordsProps {
  segment: Segment;
  width: number;
}

export const ClipWords = memo(function ClipWords({ segment, width }: ClipWordsProps) {
  return (
    <span
      className={cn(
        "pointer-events-none absolute inset-x-0 bottom-0 flex items-end gap-1.5 px-2 pb-1.5 text-xs",
        width < ROOM_FOR_WORDS_PX && "px-1",
        hasPicture(segment)
          ? "bg-linear-to-t from-black/85 to-transparent pt-6 text-white"
          : "text-ink",
      )}
    >
      <span className={cn("font-semibold tabular-nums", width < ROOM_FOR_NUMBER_PX && "sr-only")}>
        {segment.order_index + 1}
      </span>
      <span
        dir="auto"
        className={cn("truncate opacity-85", width < ROOM_FOR_WORDS_PX && "sr-only")}
      >
        {segment.prompt || <FileName segment={segment} />}
      </span>
    </span>
  );
});

/** Apart, because only own footage has to ask what its file is called. */
function FileName({ segment }: { segment: Segment }) {
  return useSegmentName(segment);
}
