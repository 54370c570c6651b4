// Dragging a bar along its lane, or one of its edges. The picture moves imperatively; the item changes
// once, at the drop.
import { useEffect, useRef } from "react";
import { timeToX } from "@/engine/clipLayout";
import { moment } from "@/engine/timecode";
import { changeItem, type ItemGrip } from "@/lib/actions/changeItem";
import type { PlacedItem } from "@/lib/hooks/usePlacedItems";
import { type DragPoint, followPointer } from "@/lib/pointerDrag";
import { selectItem } from "@/lib/store/session";
import type { StartBarDrag } from "./Bar";
import { type StripView, stripX } from "./geometry";
import { clearHud, showHud } from "./hud";
import { snapUnlessFree, targetsOn } from "./targets";
import { scrollAtEdge } from "./useClipDrag";

export function useBarDrag(view: StripView, items: readonly PlacedItem[]): StartBarDrag {
  const stop = useRef<(() => void) | null>(null);
  const latest = useRef({ view, items });
  latest.current = { view, items };
  useEffect(() => () => stop.current?.(), []);

  return useRef<StartBarDrag>((event, placed, grip) => {
    const bar = event.currentTarget;
    const { layout } = latest.current.view;
    const left = timeToX(layout, placed.span.start);
    const width = timeToX(layout, placed.span.end) - left;
    const grabbed = stripX(latest.current.view, event.clientX) - left;
    const targets = targetsOn(latest.current.view, { ...latest.current, itemId: placed.item.id });
    const edges = grip === "move" ? [0, width] : [grip === "start" ? 0 : width];
    let delta = 0;
    const move = (point: DragPoint) => {
      const { view: now } = latest.current;
      scrollAtEdge(now.scroller.current, point.x);
      const snap = snapUnlessFree(stripX(now, point.x) - grabbed, edges, targets, point);
      delta = snap.x - left;
      draw(bar, grip, delta, { left, width });
      const at = left + delta + (grip === "end" ? width : 0);
      const text = moment(Math.max(0, at / now.layout.pxPerSecond));
      showHud({ skim: null, guide: snap.guide, note: { x: Math.max(0, at), text } });
    };
    const end = (isDrop: boolean) => {
      clearHud();
      draw(bar, grip, 0, { left, width });
      if (isDrop) changeItem(placed, grip, delta / layout.pxPerSecond, latest.current.view);
    };
    stop.current = followPointer(event, { begin: () => selectItem(placed.item.id), move, end });
  }).current;
}

const LEAST_PX = 4;

function draw(
  bar: HTMLElement,
  grip: ItemGrip,
  delta: number,
  { left, width }: { left: number; width: number },
): void {
  if (grip === "move") bar.style.transform = delta === 0 ? "" : `translateX(${delta}px)`;
  else if (grip === "end") bar.style.width = `${Math.max(LEAST_PX, width + delta)}px`;
  else {
    bar.style.left = `${left + Math.min(delta, width - LEAST_PX)}px`;
    bar.style.width = `${Math.max(LEAST_PX, width - delta)}px`;
  }
}
