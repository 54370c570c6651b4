// Dragging things within a row or column with the pointer. The picture moves imperatively; the list
// changes once, at the drop.
import { type PointerEvent, type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { edgeSpeed } from "@/engine/window";
import { type DragPoint, followPointer } from "../pointerDrag";

export interface Drag {
  id: string;
  /** Place that the thing would take among all, 0 is the first. */
  target: number;
}

interface Options {
  axis: "x" | "y";
  /** Place for the thing when its centre stands at this many px from the start of the content. */
  placeAt: (id: string, centre: number) => number;
  onDrop: (id: string, target: number) => void;
}

const THRESHOLD_PX = 5;

/** The drag under way, and what begins one, which stays the same for ever. `scroller` scrolls at its edges. */
export function useDragReorder(scroller: RefObject<HTMLElement | null>, options: Options) {
  const { axis } = options;
  const [drag, setDrag] = useState<Drag | null>(null);
  const stop = useRef<(() => void) | null>(null);
  const latest = useRef(options);
  latest.current = options;
  useEffect(() => () => stop.current?.(), []);

  const start = useCallback(
    (event: PointerEvent<HTMLElement>, id: string): void => {
      const [element, box] = [event.currentTarget, scroller.current];
      if (box === null || event.pointerType === "touch") return;
      const scrollKey = axis === "x" ? "scrollLeft" : "scrollTop";
      const [rect, frame] = [spanOf(element, axis), spanOf(box, axis)];
      const origin = axis === "x" ? event.clientX : event.clientY;
      const scrolled = box[scrollKey];
      const centre = (rect.near + rect.far) / 2 - frame.near + scrolled;
      let current: Drag | null = null;

      const move = (point: DragPoint) => {
        box[scrollKey] += edgeSpeed(point[axis], frame.near, frame.far);
        const delta = point[axis] - origin + box[scrollKey] - scrolled;
        element.style.transform =
          axis === "x" ? `translateX(${delta}px)` : `translateY(${delta}px)`;
        const target = latest.current.placeAt(id, centre + delta);
        if (current?.target === target) return;
        current = { id, target };
        setDrag(current);
      };
      const end = (isDrop: boolean) => {
        element.style.transform = "";
        setDrag(null);
        if (isDrop && current) latest.current.onDrop(id, current.target);
      };
      stop.current = followPointer(event, { move, end }, THRESHOLD_PX);
    },
    [axis, scroller],
  );

  return { drag, start };
}

function spanOf(element: HTMLElement, axis: "x" | "y"): { near: number; far: number } {
  const box = element.getBoundingClientRect();
  return axis === "x" ? { near: box.left, far: box.right } : { near: box.top, far: box.bottom };
}
