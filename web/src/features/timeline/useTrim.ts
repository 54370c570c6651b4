// Dragging an edge of a clip: never beyond the clip, everything after it follows. Drawn imperatively;
// the segment changes once, at the drop.
import { type PointerEvent, useEffect, useRef } from "react";
import type { Segment } from "@/api/types";
import { leftOf, widthOf } from "@/engine/clipLayout";
import { segmentSeconds } from "@/engine/clipState";
import { trimmedBy, trimRoom } from "@/engine/clipTime";
import { shortSeconds } from "@/engine/timecode";
import { editSegment } from "@/lib/actions/editSegment";
import { WHOLE } from "@/lib/actions/perform";
import type { PlacedItem } from "@/lib/hooks/usePlacedItems";
import { type DragPoint, followPointer } from "@/lib/pointerDrag";
import { announce, select } from "@/lib/store/session";
import { type StripView, stripX } from "./geometry";
import { clearHud, showHud } from "./hud";
import { snapUnlessFree, targetsOn } from "./targets";

export type Edge = "start" | "end";
export type StartTrim = (event: PointerEvent<HTMLElement>, segment: Segment, edge: Edge) => void;

export function useTrim(view: StripView, items: readonly PlacedItem[]): StartTrim {
  const stop = useRef<(() => void) | null>(null);
  const latest = useRef({ view, items });
  latest.current = { view, items };
  useEffect(() => () => stop.current?.(), []);

  return useRef<StartTrim>((event, segment, edge) => {
    event.stopPropagation();
    const at = segment.order_index;
    const start = latest.current.view;
    const room = trimRoom(segment, edge, start.fps);
    const home = leftOf(start.layout, edge === "start" ? at : at + 1);
    const grabbed = home - stripX(start, event.clientX);
    const targets = targetsOn(start, { ...latest.current, lastCut: at });
    let seconds = 0;
    const move = (point: DragPoint) => {
      const { view: now } = latest.current;
      const scale = now.layout.pxPerSecond;
      const { x, guide } = snapUnlessFree(stripX(now, point.x) + grabbed, [0], targets, point);
      const wanted = (x - home) / scale;
      seconds = inFrames(Math.max(room.least, Math.min(room.most, wanted)), now.fps);
      stretch(now, at, edge, seconds * scale);
      const isHeld = Math.abs(wanted - seconds) > 1 / now.fps;
      showHud({
        guide: isHeld ? null : guide,
        note: { x: home + seconds * scale, text: lengthNote(segment, edge, seconds, isHeld) },
      });
    };
    const end = (isDrop: boolean) => {
      clearHud();
      stretch(latest.current.view, at, edge, null);
      if (isDrop && seconds !== 0) trimNow(segment, edge, seconds, latest.current.view.fps);
    };
    const begin = () => select(segment.id);
    stop.current = followPointer(event, { begin, move, end }, 2);
  }).current;
}

const inFrames = (seconds: number, fps: number) => Math.round(seconds * fps) / fps;

/** The length it would have, how much that is more or less, and whether the clip gives no more. */
function lengthNote(segment: Segment, edge: Edge, seconds: number, isHeld: boolean): string {
  const more = edge === "end" ? seconds : -seconds;
  const sign = more < 0 ? "−" : "+";
  const change = `${sign}${Math.abs(more).toFixed(2)}`;
  const end = isHeld ? " · end of the clip" : "";
  return `${(segmentSeconds(segment) + more).toFixed(2)} s (${change})${end}`;
}

function trimNow(segment: Segment, edge: Edge, seconds: number, fps: number): void {
  const trim = trimmedBy(segment, edge, seconds, fps);
  editSegment(segment.id, { trim }, WHOLE);
  announce(
    `Segment ${segment.order_index + 1} lasts ${shortSeconds(segmentSeconds({ ...segment, trim }))}`,
  );
}

/** Shows the edge `px` further; null shows things as they are. */
function stretch({ scroller, layout }: StripView, at: number, edge: Edge, px: number | null): void {
  const clips = scroller.current?.querySelectorAll<HTMLElement>("[data-at]") ?? [];
  for (const clip of clips) {
    const index = Number(clip.dataset.at);
    if (index === at) {
      const width = widthOf(layout, at);
      clip.style.width = `${px === null ? width : edge === "end" ? width + px : width - px}px`;
      clip.style.zIndex = px === null ? "" : "15";
      clip.style.transform = px !== null && edge === "start" ? `translateX(${px}px)` : "";
    } else if (index > at && edge === "end") {
      clip.style.transform = px === null ? "" : `translateX(${px}px)`;
    }
  }
}
