// Following a pointer from press to release, once a frame, with a way out by Escape. What is moved is
// drawn imperatively by whoever drags; nothing here knows what it is.
import type { PointerEvent as ReactPointerEvent } from "react";
import { isWithin } from "./within";

/** Where the pointer is, in px of the page, and which keys bend the drag. */
export interface DragPoint {
  x: number;
  y: number;
  /** Ctrl or Alt: no snapping. */
  isFree: boolean;
  isShift: boolean;
}

export interface DragHandlers {
  /** The pointer has moved far enough for this to be a drag. */
  begin?: (point: DragPoint) => void;
  /** Once a frame from then on, also while the pointer rests (things may scroll under it). */
  move: (point: DragPoint) => void;
  /** Only after `begin`. False: it was taken back. */
  end: (isDrop: boolean) => void;
}

const THRESHOLD_PX = 4;

/**
 * Starts following; returns how to stop, as if it was taken back. Secondary buttons are left alone, and
 * what is pressed in a menu over the element.
 */
export function followPointer(
  event: ReactPointerEvent<HTMLElement>,
  handlers: DragHandlers,
  threshold = THRESHOLD_PX,
): () => void {
  if (event.button !== 0 || !isWithin(event)) return () => undefined;
  const origin = { x: event.clientX, y: event.clientY };
  let point = pointOf(event.nativeEvent);
  let raf = 0;
  let isDragging = false;
  const listening = new AbortController();

  const frame = () => {
    handlers.move(point);
    raf = requestAnimationFrame(frame);
  };
  const move = (e: PointerEvent) => {
    point = pointOf(e);
    if (isDragging || Math.hypot(e.clientX - origin.x, e.clientY - origin.y) < threshold) return;
    isDragging = true;
    document.body.style.userSelect = "none";
    handlers.begin?.(point);
    raf = requestAnimationFrame(frame);
  };
  const end = (isDrop: boolean, isPressed: boolean) => {
    if (listening.signal.aborted) return;
    listening.abort();
    cancelAnimationFrame(raf);
    document.body.style.userSelect = "";
    if (!isDragging) return;
    if (isDrop) handlers.move(point);
    swallowClick(isPressed);
    handlers.end(isDrop);
  };
  const key = (e: KeyboardEvent) => {
    if (e.key !== "Escape" || !isDragging) return;
    e.stopPropagation();
    end(false, true);
  };
  const { signal } = listening;
  window.addEventListener("pointermove", move, { signal });
  window.addEventListener("pointerup", () => end(true, false), { signal });
  window.addEventListener("pointercancel", () => end(false, false), { signal });
  window.addEventListener("keydown", key, { signal, capture: true });
  return () => end(false, true);
}

const pointOf = (event: PointerEvent): DragPoint => ({
  x: event.clientX,
  y: event.clientY,
  isFree: event.ctrlKey || event.metaKey || event.altKey,
  isShift: event.shiftKey,
});

/** The click that follows a drop must not count as a click on anything; it comes once the button is let go. */
function swallowClick(isPressed: boolean): void {
  const swallow = (event: MouseEvent) => {
    event.stopPropagation();
    event.preventDefault();
  };
  window.addEventListener("click", swallow, { capture: true, once: true });
  const forget = () =>
    setTimeout(() => window.removeEventListener("click", swallow, { capture: true }), 0);
  if (isPressed) window.addEventListener("pointerup", forget, { capture: true, once: true });
  else forget();
}
