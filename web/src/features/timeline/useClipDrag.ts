// Dragging clips along the strip: a ghost under the pointer, a mark where they would go, one move at
// the drop. The ghost is moved imperatively; React hears only when the place changes.
import { type PointerEvent, type RefObject, useEffect, useRef, useState } from "react";
import { insertionIndex } from "@/engine/clipLayout";
import { edgeSpeed } from "@/engine/window";
import { moveSegments } from "@/lib/actions/moveSegments";
import { type DragPoint, followPointer } from "@/lib/pointerDrag";
import { chosenWith, select, useSession } from "@/lib/store/session";
import { HEADER_PX, type StripView, stripX } from "./geometry";
import { clearHud, showHud } from "./hud";

export interface ClipDrag {
  /** In the order of the film. */
  ids: readonly string[];
  indexes: ReadonlySet<number>;
  /** Where they would stand among the others. */
  place: number;
}

export function useClipDrag(view: StripView, ghost: RefObject<HTMLElement | null>) {
  const [drag, setDrag] = useState<ClipDrag | null>(null);
  const stop = useRef<(() => void) | null>(null);
  const latest = useRef(view);
  latest.current = view;
  useEffect(() => () => stop.current?.(), []);

  const start = useRef((event: PointerEvent<HTMLElement>, id: string): void => {
    if (event.pointerType === "touch" || useSession.getState().mainTool !== "select") return;
    let current: ClipDrag | null = null;
    const move = (point: DragPoint) => {
      const { scroller, layout } = latest.current;
      scrollAtEdge(scroller.current, point.x);
      if (ghost.current) {
        ghost.current.style.transform = `translate(${point.x}px, ${point.y}px)`;
      }
      const { ids, indexes } = current ?? draggedWith(latest.current, id);
      const place = insertionIndex(layout, indexes, stripX(latest.current, point.x));
      if (current?.place === place) return;
      current = { ids, indexes, place };
      setDrag(current);
    };
    const end = (isDrop: boolean) => {
      clearHud();
      setDrag(null);
      if (isDrop && current) void moveSegments(current.ids, current.place);
    };
    const begin = () => {
      if (!useSession.getState().selectedIds.includes(id)) select(id);
      showHud({ skim: null });
    };
    stop.current = followPointer(event, { begin, move, end });
  });
  return { drag, startDrag: start.current };
}

function draggedWith({ segments }: StripView, id: string): Pick<ClipDrag, "ids" | "indexes"> {
  const ids = chosenWith(id);
  const wanted = new Set(ids);
  const indexes = segments.flatMap((segment, index) => (wanted.has(segment.id) ? [index] : []));
  return { ids, indexes: new Set(indexes) };
}

/** Scrolls while something is dragged near an edge of the strip. */
export function scrollAtEdge(box: HTMLElement | null, x: number): void {
  if (box === null) return;
  const { left, right } = box.getBoundingClientRect();
  const speed = edgeSpeed(x, left + HEADER_PX, right);
  if (speed !== 0) box.scrollLeft += speed;
}
