// The segments of the film in order: choose, reorder, add.
import { type KeyboardEvent, useMemo, useRef } from "react";
import { flushSync } from "react-dom";
import { neighbour } from "@/engine/order";
import { moveSegmentBy } from "@/lib/actions/moveSegmentBy";
import { moveSegmentTo } from "@/lib/actions/moveSegmentTo";
import { useDragReorder } from "@/lib/hooks/useDragReorder";
import { useNearby } from "@/lib/hooks/useNearby";
import { useProject } from "@/lib/store/document";
import { select, useSession } from "@/lib/store/session";
import { SegmentRow } from "./SegmentRow";

export function SegmentList() {
  const { segments } = useProject();
  const selectedId = useSession((state) => state.selectedId);
  const selectedIds = useSession((state) => state.selectedIds);
  const chosen = useMemo(() => new Set(selectedIds), [selectedIds]);
  const list = useRef<HTMLOListElement>(null);
  const watch = useNearby(list);
  const { drag, start } = useDragReorder(list, {
    axis: "y",
    placeAt: (id, centre) =>
      placeAt(
        list.current,
        segments.findIndex((s) => s.id === id),
        centre,
      ),
    onDrop: (id, target) => void moveSegmentTo(id, target),
  });
  const draggedFrom = drag ? segments.findIndex((segment) => segment.id === drag.id) : -1;

  function onKeyDown(event: KeyboardEvent) {
    const delta = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (delta === 0 || selectedId === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.altKey) return void moveSegmentBy(selectedId, delta);
    const next = neighbour(
      segments.map((segment) => segment.id),
      selectedId,
      delta,
    );
    // The primary one is always drawn, and so there is something to put the focus on.
    flushSync(() => select(next));
    const index = segments.findIndex((segment) => segment.id === next);
    list.current?.children[index]?.querySelector("button")?.focus();
  }

  function edge(index: number): "before" | "after" | null {
    if (drag === null || drag.target === draggedFrom) return null;
    if (drag.target < draggedFrom) return index === drag.target ? "before" : null;
    return index === drag.target ? "after" : null;
  }

  return (
    <ol
      ref={list}
      onKeyDown={onKeyDown}
      className="relative flex min-h-0 flex-1 flex-col gap-0.5 overflow-y-auto px-2 pb-2 select-none"
    >
      {segments.map((segment, index) => (
        <SegmentRow
          key={segment.id}
          segment={segment}
          count={segments.length}
          isSelected={chosen.has(segment.id)}
          isPrimary={segment.id === selectedId}
          dropEdge={edge(index)}
          isDragged={drag?.id === segment.id}
          onDragStart={start}
          watch={watch}
        />
      ))}
    </ol>
  );
}

function placeAt(list: HTMLElement | null, dragged: number, centre: number): number {
  const rows = [...(list?.children ?? [])] as HTMLElement[];
  return rows.filter(
    (row, index) => index !== dragged && centre > row.offsetTop + row.offsetHeight / 2,
  ).length;
}
