// Time along the strip; a click or a drag moves the playhead.
import { memo, type PointerEvent, type RefObject } from "react";
import { type ClipLayout, totalWidth, xToTime } from "@/engine/clipLayout";
import { snapTo } from "@/engine/snap";
import { partsOf, tickStep, ticksBetween } from "@/engine/ticks";
import { clock } from "@/engine/timecode";
import { type DragPoint, followPointer } from "@/lib/pointerDrag";
import { usePlayer } from "@/lib/store/player";
import { END_PX, RULER_PX } from "./geometry";
import { clearHud, showHud } from "./hud";
import { Marks } from "./Marks";
import { scrollAtEdge } from "./useClipDrag";

/** Room that the last label needs. */
const LABEL_PX = 30;

interface RulerProps {
  layout: ClipLayout;
  /** Px that are in sight or nearly so. */
  from: number;
  to: number;
  scroller: RefObject<HTMLElement | null>;
}

export const Ruler = memo(function Ruler({ layout, from, to, scroller }: RulerProps) {
  const { pxPerSecond } = layout;
  const step = tickStep(pxPerSecond);
  const part = (step * pxPerSecond) / partsOf(step, pxPerSecond);
  const total = (totalWidth(layout) - LABEL_PX + END_PX) / pxPerSecond;
  return (
    // Keys move the playhead everywhere on the page, so the ruler itself is for pointers only.
    <div
      aria-hidden
      data-ruler
      className="relative cursor-pointer touch-none select-none"
      style={{
        width: totalWidth(layout) + END_PX,
        height: RULER_PX,
        backgroundImage: "linear-gradient(to right, var(--c-line) 1px, transparent 1px)",
        backgroundSize: `${part}px 5px`,
        backgroundPosition: "0 100%",
        backgroundRepeat: "repeat-x",
      }}
      onPointerDown={(event) => scrub(event, layout, scroller)}
    >
      <Marks layout={layout} />
      {ticksBetween(from / pxPerSecond, to / pxPerSecond, total, step).map((time) => (
        <span
          key={time}
          className="pointer-events-none absolute top-0 flex h-full items-start border-l border-line-strong pt-0.5 pl-1.5 text-2xs text-faint tabular-nums"
          style={{ left: time * pxPerSecond }}
        >
          {step < 1 ? time.toFixed(1) : clock(time)}
        </span>
      ))}
    </div>
  );
});

/** With Shift the playhead jumps from cut to cut. */
function scrub(
  event: PointerEvent<HTMLElement>,
  layout: ClipLayout,
  scroller: RefObject<HTMLElement | null>,
): void {
  const ruler = event.currentTarget;
  const cuts = layout.start.map((seconds) => seconds * layout.pxPerSecond);
  let last = Number.NaN;
  const seek = (clientX: number, isSnapping: boolean) => {
    const x = clientX - ruler.getBoundingClientRect().left;
    const snap = isSnapping ? snapTo(x, [0], cuts) : { x, guide: null };
    showHud({ skim: null, guide: snap.guide });
    if (snap.x !== last) usePlayer.getState().player?.seek(xToTime(layout, snap.x));
    last = snap.x;
  };
  seek(event.clientX, event.shiftKey);
  const move = (point: DragPoint) => {
    scrollAtEdge(scroller.current, point.x);
    seek(point.x, point.isShift);
  };
  followPointer(event, { move, end: clearHud }, 1);
  window.addEventListener("pointerup", clearHud, { once: true });
}
