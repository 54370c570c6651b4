// What the strip says to something that is dragged in from outside: where it would go. It is told as a
// line over the strip; whoever drags puts it there.
import { useEffect, useRef } from "react";
import { gapAt, insertionIndex, xToTime } from "@/engine/clipLayout";
import { moment } from "@/engine/timecode";
import type { PlacedItem } from "@/lib/hooks/usePlacedItems";
import { type Dragged, type DropPlace, useDropTarget } from "@/lib/store/dropTarget";
import { type StripView, stripX } from "./geometry";
import { clearHud, showHud } from "./hud";
import { snapUnlessFree, targetsOn } from "./targets";
import { scrollAtEdge } from "./useClipDrag";

const NONE: ReadonlySet<number> = new Set();

export function useLibraryDrop(view: StripView, items: readonly PlacedItem[]): void {
  const latest = useRef({ view, items });
  latest.current = { view, items };
  useEffect(() => {
    const hover = (kind: Dragged, x: number, y: number): DropPlace | null => {
      const { view: now, items: placed } = latest.current;
      if (!isOver(now, x, y)) {
        clearHud();
        return null;
      }
      scrollAtEdge(now.scroller.current, x);
      const at = Math.max(0, stripX(now, x));
      return kind === "clip" ? showGap(now, at) : showMoment(now, placed, at, { x, y });
    };
    const target = { hover, leave: clearHud };
    useDropTarget.setState({ target });
    return () => useDropTarget.setState({ target: null });
  }, []);
}

function isOver({ scroller }: StripView, x: number, y: number): boolean {
  const box = scroller.current?.getBoundingClientRect();
  return box !== undefined && x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
}

function showGap({ layout, segments }: StripView, x: number): DropPlace {
  const index = insertionIndex(layout, NONE, x);
  const guide = gapAt(layout, NONE, index);
  const text = index < segments.length ? `Before segment ${index + 1}` : "At the end";
  showHud({ skim: null, guide, note: { x: guide, text } });
  return { index, time: xToTime(layout, guide) };
}

function showMoment(
  view: StripView,
  items: readonly PlacedItem[],
  x: number,
  point: { x: number; y: number },
): DropPlace {
  const keys = { ...point, isFree: false, isShift: false };
  const snap = snapUnlessFree(x, [0], targetsOn(view, { items }), keys);
  const time = xToTime(view.layout, snap.x);
  showHud({ skim: null, guide: snap.guide ?? snap.x, note: { x: snap.x, text: moment(time) } });
  return { index: 0, time };
}
