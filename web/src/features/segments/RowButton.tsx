// What a segment's row says, and the click that chooses the segment.
import type { MouseEvent } from "react";
import type { Segment } from "@/api/types";
import { clipState, segmentSeconds } from "@/engine/clipState";
import { shortSeconds } from "@/engine/timecode";
import { cn } from "@/lib/cn";
import { useSegmentName } from "@/lib/queries";
import { STATE_LOOK } from "@/lib/stateLook";
import { select, selectRange, toggleSelect } from "@/lib/store/session";
import { RowProgress } from "./RowProgress";
import { TONE_TEXT } from "./tones";

interface RowButtonProps {
  segment: Segment;
  isSelected: boolean;
  isPrimary: boolean;
}

/** As in every list: Shift selects up to here, Control or Command adds and takes away. */
function choose(id: string, event: MouseEvent): void {
  if (event.shiftKey) selectRange(id);
  else if (event.ctrlKey || event.metaKey) toggleSelect(id);
  else select(id);
}

export function RowButton({ segment, isSelected, isPrimary }: RowButtonProps) {
  const name = useSegmentName(segment);
  return (
    <button
      type="button"
      aria-current={isPrimary || undefined}
      aria-pressed={isSelected}
      onClick={(event) => choose(segment.id, event)}
      className="flex min-w-0 flex-1 gap-2.5 rounded-xl py-2 pl-2.5 text-left -outline-offset-2"
    >
      <span
        className={cn(
          "mt-px min-w-4 shrink-0 text-right text-xs font-medium tabular-nums",
          isSelected ? "text-accent" : "text-faint",
        )}
      >
        {segment.order_index + 1}
      </span>
      <span className="min-w-0 flex-1">
        <span dir="auto" className="line-clamp-2 leading-[1.15rem]">
          {name}
        </span>
        <State segment={segment} />
      </span>
    </button>
  );
}

function State({ segment }: { segment: Segment }) {
  const state = clipState(segment);
  const look = STATE_LOOK[state];
  return (
    <span className="mt-1 flex items-center gap-1.5 text-2xs text-faint [&>svg]:size-3">
      {state === "generating" ? (
        <RowProgress segmentId={segment.id} share={segment.progress} />
      ) : (
        <span className={cn("[&>svg]:size-3", TONE_TEXT[look.tone])}>{look.icon}</span>
      )}
      <span className={cn(look.tone !== "good" && TONE_TEXT[look.tone])}>{look.label}</span>
      <span aria-hidden>·</span>
      <span className="tabular-nums">{shortSeconds(segmentSeconds(segment))}</span>
    </span>
  );
}
