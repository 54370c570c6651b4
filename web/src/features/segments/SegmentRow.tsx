// One segment in the list: its place, what is drawn of it, and how it is dragged. Far out of sight it
// is a place only.
import { memo, type PointerEvent } from "react";
import type { Segment } from "@/api/types";
import { cn } from "@/lib/cn";
import { useIsNear, type WatchNearby } from "@/lib/hooks/useNearby";
import { RowButton } from "./RowButton";
import { RowMenu } from "./RowMenu";

interface SegmentRowProps {
  segment: Segment;
  count: number;
  isSelected: boolean;
  /** The one that the inspector shows. */
  isPrimary: boolean;
  dropEdge: "before" | "after" | null;
  isDragged: boolean;
  onDragStart: (event: PointerEvent<HTMLElement>, id: string) => void;
  watch: WatchNearby;
}

/** Rows that are drawn before it is known what is in sight, and the px of one that was never drawn. */
const FIRST_ROWS = 20;
const USUAL_PX = 54;

export const SegmentRow = memo(function SegmentRow(props: SegmentRowProps) {
  const { segment, count, isSelected, isPrimary, dropEdge, isDragged, onDragStart, watch } = props;
  const { row, isNear, height } = useIsNear(watch, segment.order_index < FIRST_ROWS, USUAL_PX);
  const isDrawn = isNear || isPrimary || isDragged;
  return (
    <li
      ref={row}
      style={isDrawn ? undefined : { height }}
      onPointerDown={(event) => onDragStart(event, segment.id)}
      className={cn(
        "group relative flex shrink-0 touch-pan-y items-start rounded-xl border border-transparent transition-colors",
        isSelected ? "border-line bg-raised" : "hover:bg-raised/60",
        isDragged && "z-10 border-line-strong bg-raised shadow-float",
        dropEdge === "before" &&
          "before:absolute before:inset-x-1 before:-top-[3px] before:h-0.5 before:rounded before:bg-accent",
        dropEdge === "after" &&
          "after:absolute after:inset-x-1 after:-bottom-[3px] after:h-0.5 after:rounded after:bg-accent",
      )}
    >
      {isDrawn && (
        <>
          <RowButton segment={segment} isSelected={isSelected} isPrimary={isPrimary} />
          <RowMenu segment={segment} count={count} isShown={isPrimary} />
        </>
      )}
    </li>
  );
});
