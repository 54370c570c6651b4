// Time along the strip; a click or a drag moves the playhead.
import { memo, type PointerEvent } from "react";
import { type ClipLayout, timeToX, xToTime } from "@/engine/clipLayout";
import { tickStep, ticks } from "@/engine/ticks";
import { clock } from "@/engine/timecode";
import { usePlayer } from "@/lib/store/player";

/** Room that the last label needs. */
const LABEL_PX = 28;

interface RulerProps {
  layout: ClipLayout;
  pxPerSecond: number;
}

export const Ruler = memo(function Ruler({ layout, pxPerSecond }: RulerProps) {
  const total = layout.start.at(-1) ?? 0;
  const step = tickStep(pxPerSecond);
  const seek = (event: PointerEvent<HTMLDivElement>) => {
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    usePlayer.getState().player?.seek(xToTime(layout, x));
  };
  return (
    // Keys move the playhead everywhere on the page, so the ruler itself is for pointers only.
    <div
      aria-hidden
      className="sticky top-0 z-20 h-6 shrink-0 cursor-pointer touch-none bg-panel select-none"
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        seek(event);
      }}
      onPointerMove={(event) =>
        event.currentTarget.hasPointerCapture(event.pointerId) && seek(event)
      }
    >
      {ticks(total - LABEL_PX / pxPerSecond, step).map((time) => (
        <span
          key={time}
          className="absolute top-0 flex h-full items-center border-l border-line pl-1.5 text-2xs text-faint tabular-nums"
          style={{ left: timeToX(layout, time) }}
        >
          {step < 1 ? time.toFixed(1) : clock(time)}
        </span>
      ))}
    </div>
  );
});
