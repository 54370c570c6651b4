// One clip on the strip: its pictures, number, words and notes, and the edges by which it is trimmed.
import { memo } from "react";
import type { PlanSegment, Segment } from "@/api/types";
import { type ClipState, clipState, hasPicture } from "@/engine/clipState";
import { canTrim } from "@/engine/clipTime";
import { cn } from "@/lib/cn";
import { ClipNotes } from "./ClipNotes";
import { ClipPicture } from "./ClipPicture";
import { ClipProgress } from "./ClipProgress";
import { ClipWave, ROOM_FOR_WAVE_PX } from "./ClipWave";
import { ClipWords } from "./ClipWords";
import { ROOM_FOR_PICTURE_PX } from "./clipStrip";
import { TrimHandles } from "./TrimHandles";

interface ClipProps {
  segment: Segment;
  count: number;
  left: number;
  width: number;
  /** Px of the clip that are drawn. */
  from: number;
  to: number;
  pxPerSecond: number;
  trackHeight: number;
  planned: PlanSegment | undefined;
  isSelected: boolean;
  isPrimary: boolean;
  isTabStop: boolean;
  isDragged: boolean;
}

const FRAME: Record<ClipState, string> = {
  empty: "border-dashed border-line-strong bg-field",
  generating: "border-accent/60 bg-accent-soft",
  ready: "border-line bg-field",
  changed: "border-warn/70 bg-field",
  failed: "border-bad/60 bg-field",
  needs_attention: "border-warn/70 bg-field",
  own: "border-line bg-field",
};

/** Px of width from which on a clip says more; see the parts. */
const STEPS = [108, 56, 22];
/** The width in steps that make a difference to what is said, so that zooming draws no words anew. */
const roomOf = (width: number): number => STEPS.find((step) => width >= step) ?? 0;

export const Clip = memo(function Clip(props: ClipProps) {
  const { segment, width, isSelected, isPrimary } = props;
  const state = clipState(segment);
  const room = roomOf(width);
  return (
    <div
      role="option"
      aria-selected={isSelected}
      aria-setsize={props.count}
      aria-posinset={segment.order_index + 1}
      tabIndex={props.isTabStop ? 0 : -1}
      data-segment={segment.id}
      data-at={segment.order_index}
      className={cn(
        "group absolute inset-y-0 scroll-mx-28 cursor-default px-px text-left outline-none [contain:layout_style] hover:z-[5]",
        isSelected && "z-[6]",
        props.isDragged && "opacity-35",
      )}
      style={{ left: props.left, width }}
    >
      <span
        className={cn(
          "relative block h-full overflow-hidden rounded-lg border [contain:strict]",
          width < 24 && "rounded-sm",
          FRAME[state],
          // What is dimmed goes towards black in both themes: the words on it are white.
          width > ROOM_FOR_PICTURE_PX && hasPicture(segment) && "bg-black",
          isSelected && "border-accent",
        )}
      >
        {width > ROOM_FOR_PICTURE_PX && <ClipPicture {...props} state={state} />}
        {width > ROOM_FOR_WAVE_PX && <ClipWave {...props} />}
        <ClipWords segment={segment} width={room} />
        <ClipNotes segment={segment} state={state} planned={props.planned} width={room} />
        <span
          aria-hidden
          className={cn(
            "pointer-events-none absolute inset-0 rounded-[inherit]",
            isSelected && "shadow-[inset_0_0_0_1.5px_var(--c-accent)]",
            isPrimary &&
              "shadow-[inset_0_0_0_1.5px_var(--c-accent),inset_0_0_0_3px_rgb(0_0_0/0.55)]",
            "[[role=option]:focus-visible_&]:shadow-[inset_0_0_0_3px_var(--c-accent),inset_0_0_0_5px_rgb(0_0_0/0.7)]",
          )}
        />
        {state === "generating" && (
          <ClipProgress segmentId={segment.id} share={segment.progress ?? null} width={room} />
        )}
      </span>
      {canTrim(segment) && <TrimHandles width={width} isSelected={isSelected} />}
    </div>
  );
});
