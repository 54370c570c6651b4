// Drawing a rectangle over the strip to choose the clips under it.
import { type PointerEvent, type RefObject, useEffect, useRef } from "react";
import { clipsBetween } from "@/engine/clipLayout";
import { type DragPoint, followPointer } from "@/lib/pointerDrag";
import { announce, selectMany, useSession } from "@/lib/store/session";
import { type StripView, stripX } from "./geometry";
import { showHud } from "./hud";
import { scrollAtEdge } from "./useClipDrag";

/** What answers to the pointer itself. */
const TAKEN = "button, [data-segment], [data-painted], [data-ruler], [data-head], [role=listbox]";

/** A handler for pointerdown on the strip; `frame` is the rectangle. */
export function useMarquee(view: StripView, frame: RefObject<HTMLElement | null>) {
  const stop = useRef<(() => void) | null>(null);
  const latest = useRef(view);
  latest.current = view;
  useEffect(() => () => stop.current?.(), []);

  return useRef((event: PointerEvent<HTMLElement>): void => {
    if (event.pointerType === "touch" || (event.target as Element).closest(TAKEN)) return;
    const area = event.currentTarget;
    const before = useSession.getState().selectedIds;
    const keep = event.shiftKey || event.ctrlKey || event.metaKey ? before : [];
    const from = { x: stripX(latest.current, event.clientX), y: yOn(area, event.clientY) };
    const move = (point: DragPoint) => {
      const { scroller } = latest.current;
      scrollAtEdge(scroller.current, point.x);
      const to = { x: stripX(latest.current, point.x), y: yOn(area, point.y) };
      drawFrame(frame.current, from, to);
      chooseUnder(latest.current, area, from, to, keep);
    };
    const end = (isDrop: boolean) => {
      if (frame.current) frame.current.hidden = true;
      if (!isDrop) selectMany(before);
      const { length } = useSession.getState().selectedIds;
      announce(length === 1 ? "1 segment selected" : `${length} segments selected`);
    };
    const begin = () => showHud({ skim: null });
    stop.current = followPointer(event, { begin, move, end });
  }).current;
}

interface Point {
  x: number;
  y: number;
}

const yOn = (area: HTMLElement, clientY: number) => clientY - area.getBoundingClientRect().top;

function drawFrame(element: HTMLElement | null, from: Point, to: Point): void {
  if (element === null) return;
  element.hidden = false;
  const [x, y] = [Math.min(from.x, to.x), Math.min(from.y, to.y)];
  element.style.transform = `translate(${x}px, ${y}px)`;
  element.style.width = `${Math.abs(to.x - from.x)}px`;
  element.style.height = `${Math.abs(to.y - from.y)}px`;
}

function chooseUnder(
  { segments, layout }: StripView,
  area: HTMLElement,
  from: Point,
  to: Point,
  keep: readonly string[],
): void {
  const track = area.querySelector('[data-track="video"]')?.getBoundingClientRect();
  if (track === undefined) return;
  const top = track.top - area.getBoundingClientRect().top;
  const isOver = Math.max(from.y, to.y) >= top && Math.min(from.y, to.y) <= top + track.height;
  const [first, last] = clipsBetween(layout, from.x, to.x);
  const isBeside = Math.min(from.x, to.x) > (layout.start.at(-1) ?? 0) * layout.pxPerSecond;
  const under = isOver && !isBeside ? segments.slice(first, last + 1).map(({ id }) => id) : [];
  const ids = [...new Set([...keep, ...under])];
  const { selectedIds } = useSession.getState();
  const isSame = ids.length === selectedIds.length && ids.every((id, at) => id === selectedIds[at]);
  if (ids.length > 0 && !isSame) selectMany(ids);
}
