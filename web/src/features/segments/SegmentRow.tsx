// One segment in the list: its place, what is drawn of it, and how it is dragged.
import { memo, type PointerEvent, useEffect, useRef } from "react";
import type { Segment } from "@/api/types";
import { cn } from "@/lib/cn";
import type { Rows } from "@/lib/hooks/useRows";
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
  measure: Rows["measure"];
}

export const SegmentRow = memo(function SegmentRow(props: SegmentRowProps) {
  const { segment, count, isSelected, isPrimary, dropEdge, isDragged, measure } = props;
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => (row.current === null ? undefined : measure(row.current)), [measure]);
  return (
    <li
      ref={row}
      data-row={segment.id}
      aria-setsize={count}
      aria-posinset={segment.order_index + 1}
      onPointerDown={(event) => props.onDragStart(event, segment.id)}
      className={cn(
        "group relative mb-0.5 flex shrink-0 touch-pan-y items-start rounded-xl border border-transparent",
        isSelected ? "border-line bg-raised" : "hover:bg-raised/60",
        isDragged && "z-10 border-line-strong bg-raised shadow-float",
        dropEdge === "before" &&
          "before:absolute before:inset-x-1 before:-top-[3px] before:h-0.5 before:rounded before:bg-accent",
        dropEdge === "after" &&
          "after:absolute after:inset-x-1 after:-bottom-[3px] after:h-0.5 after:rounded after:bg-accent",
      )}
    >
      <RowButton segment={segment} isSelected={isSelected} isPrimary={isPrimary} />
      <RowMenu segment={segment} count={count} isShown={isPrimary} />
    </li>
  );
});
