// Dragging a bar along its lane. The picture moves imperatively; the item changes once, at the drop.
import { type PointerEvent as ReactPointerEvent, useEffect, useRef } from "react";

const THRESHOLD_PX = 4;

/** A handler for the bar's pointerdown; `onDrop` hears by how many px it was moved. */
export function useBarDrag(onDrop: (px: number) => void) {
  const stop = useRef<(() => void) | null>(null);
  useEffect(() => () => stop.current?.(), []);

  return (event: ReactPointerEvent<HTMLElement>): void => {
    if (event.button !== 0 || event.pointerType === "touch") return;
    const bar = event.currentTarget;
    const origin = event.clientX;
    let moved = 0;
    const move = (e: PointerEvent) => {
      if (moved === 0 && Math.abs(e.clientX - origin) < THRESHOLD_PX) return;
      moved = e.clientX - origin;
      bar.style.transform = `translateX(${moved}px)`;
      document.body.style.userSelect = "none";
    };
    const end = (isDrop: boolean) => {
      stop.current?.();
      if (isDrop && moved !== 0) onDrop(moved);
    };
    const up = () => end(true);
    const cancel = () => end(false);
    const key = (e: KeyboardEvent) => e.key === "Escape" && end(false);
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", up);
    window.addEventListener("pointercancel", cancel);
    window.addEventListener("keydown", key, true);
    stop.current = () => {
      bar.style.transform = "";
      document.body.style.userSelect = "";
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", up);
      window.removeEventListener("pointercancel", cancel);
      window.removeEventListener("keydown", key, true);
      stop.current = null;
    };
  };
}
