// Dragging things within a row or column with the pointer. The picture moves imperatively; the list
// changes once, at the drop.
import { type PointerEvent as ReactPointerEvent, useEffect, useRef, useState } from "react";

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
const EDGE_PX = 48;

/** Handlers for the draggable elements, and the drag under way. `scroller` scrolls at its edges. */
export function useDragReorder(
  scroller: React.RefObject<HTMLElement | null>,
  { axis, placeAt, onDrop }: Options,
) {
  const [drag, setDrag] = useState<Drag | null>(null);
  const stop = useRef<(() => void) | null>(null);
  useEffect(() => () => stop.current?.(), []);

  function start(event: ReactPointerEvent<HTMLElement>, id: string): void {
    if (event.button !== 0 || event.pointerType === "touch") return;
    const element = event.currentTarget;
    const box = scroller.current;
    if (box === null) return;
    const scrollKey = axis === "x" ? "scrollLeft" : "scrollTop";
    const at = (e: PointerEvent | ReactPointerEvent) => (axis === "x" ? e.clientX : e.clientY);
    const origin = at(event);
    const scrolled = box[scrollKey];
    const rect = element.getBoundingClientRect();
    const frame = box.getBoundingClientRect();
    const near = axis === "x" ? frame.left : frame.top;
    const far = axis === "x" ? frame.right : frame.bottom;
    const centre =
      (axis === "x" ? rect.left + rect.width / 2 : rect.top + rect.height / 2) - near + scrolled;
    let pointer = origin;
    let current: Drag | null = null;
    let raf = 0;

    const paint = () => {
      if (pointer < near + EDGE_PX) box[scrollKey] -= 12;
      if (pointer > far - EDGE_PX) box[scrollKey] += 12;
      const delta = pointer - origin + box[scrollKey] - scrolled;
      element.style.transform = axis === "x" ? `translateX(${delta}px)` : `translateY(${delta}px)`;
      const target = placeAt(id, centre + delta);
      if (current?.target !== target) {
        current = { id, target };
        setDrag(current);
      }
      raf = requestAnimationFrame(paint);
    };
    const move = (e: PointerEvent) => {
      pointer = at(e);
      if (current === null && Math.abs(pointer - origin) > THRESHOLD_PX && raf === 0) {
        document.body.style.userSelect = "none";
        raf = requestAnimationFrame(paint);
      }
    };
    const end = (isDrop: boolean) => {
      stop.current?.();
      if (current === null) return;
      const dropped = current;
      setDrag(null);
      // The click that follows a drop must not count as a click on the thing.
      const swallow = (e: MouseEvent) => e.stopPropagation();
      element.addEventListener("click", swallow, { capture: true, once: true });
      setTimeout(() => element.removeEventListener("click", swallow, { capture: true }), 0);
      if (isDrop) onDrop(id, dropped.target);
    };
    const up = () => end(true);
    const cancel = () => end(false);
    const key = (e: KeyboardEvent) => e.key === "Escape" && end(false);
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", up);
    window.addEventListener("pointercancel", cancel);
    window.addEventListener("keydown", key, true);
    stop.current = () => {
      cancelAnimationFrame(raf);
      element.style.transform = "";
      document.body.style.userSelect = "";
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", up);
      window.removeEventListener("pointercancel", cancel);
      window.removeEventListener("keydown", key, true);
      stop.current = null;
    };
  }

  return { drag, start };
}
