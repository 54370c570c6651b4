// The segments of the film in order: choose, reorder, add. Only the rows in sight are drawn, and those
// that somebody holds: the primary one, the one with the focus, the one that is dragged.
import { type FocusEvent, type KeyboardEvent, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import { moveChosen } from "@/commands/edits";
import { neighbour, placeOfAll } from "@/engine/order";
import { placeAt, rowsDrawn } from "@/engine/rows";
import { moveSegments } from "@/lib/actions/moveSegments";
import { useDragReorder } from "@/lib/hooks/useDragReorder";
import { useRows } from "@/lib/hooks/useRows";
import { useProject } from "@/lib/store/document";
import { chosenWith, select, useSession } from "@/lib/store/session";
import { isWithin } from "@/lib/within";
import { useFocusKept } from "@/ui/useFocusKept";
import { SegmentRow } from "./SegmentRow";

export function SegmentList() {
  const { segments } = useProject();
  const selectedId = useSession((state) => state.selectedId);
  const selectedIds = useSession((state) => state.selectedIds);
  const chosen = useMemo(() => new Set(selectedIds), [selectedIds]);
  const places = useMemo(() => new Map(segments.map(({ id }, at) => [id, at])), [segments]);
  const list = useRef<HTMLOListElement>(null);
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const { near, tops, measure } = useRows(list, segments);
  const { drag, start } = useDragReorder(list, {
    axis: "y",
    placeAt: (id, centre) => placeAt(tops(), places.get(id) ?? -1, centre),
    onDrop: drop,
  });
  const placeOf = (id: string | null | undefined) => places.get(id ?? "") ?? -1;
  const buttonOf = (id: string | null) =>
    list.current?.querySelector<HTMLElement>(`[data-row="${id}"] button`);
  const kept = useFocusKept(() => buttonOf(useSession.getState().selectedId));
  const draggedFrom = placeOf(drag?.id);
  const drawn = rowsDrawn(near, [placeOf(selectedId), placeOf(focusedId), draggedFrom]);
  const edges = tops();
  /** Px of the rows from `first` to before `end`, none of which is drawn. */
  const gap = (first: number, end: number) => {
    const px = (edges[end] ?? 0) - (edges[first] ?? 0);
    return (
      px > 0 && <li key={`before-${end}`} aria-hidden className="shrink-0" style={{ height: px }} />
    );
  };

  /** All that is chosen comes along. */
  function drop(id: string, target: number) {
    if (target === placeOf(id)) return;
    const moved = chosenWith(id);
    void moveSegments(moved, placeOfAll([...places.keys()], moved, id, target));
  }

  function onKeyDown(event: KeyboardEvent) {
    if (!isWithin(event)) return;
    const delta = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    if (delta === 0 || selectedId === null) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.altKey) return moveChosen(delta);
    const next = neighbour([...places.keys()], selectedId, delta);
    // The primary one is always drawn, and so there is something to put the focus on.
    flushSync(() => select(next));
    buttonOf(next)?.focus();
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
      onFocus={(event) => {
        kept.onFocus(event);
        setFocusedId(rowOf(event));
      }}
      onBlur={(event) => {
        kept.onBlur(event);
        setFocusedId(null);
      }}
      className="relative flex min-h-0 flex-1 flex-col overflow-y-auto px-2 pb-2 select-none [contain:strict]"
    >
      {drawn.flatMap((index, nth) => {
        const segment = segments[index];
        if (segment === undefined) return [];
        return [
          gap((drawn[nth - 1] ?? -1) + 1, index),
          <SegmentRow
            key={segment.id}
            segment={segment}
            count={segments.length}
            isSelected={chosen.has(segment.id)}
            isPrimary={segment.id === selectedId}
            dropEdge={edge(index)}
            isDragged={drag?.id === segment.id}
            onDragStart={start}
            measure={measure}
          />,
        ];
      })}
      {gap((drawn.at(-1) ?? -1) + 1, segments.length)}
    </ol>
  );
}

const rowOf = ({ target }: FocusEvent): string | null =>
  target.closest<HTMLElement>("[data-row]")?.dataset.row ?? null;
