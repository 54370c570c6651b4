// Draws the floating lines and words of the strip, by writing to the elements.
import { useEffect, useRef } from "react";
import { type ClipLayout, xToTime } from "@/engine/clipLayout";
import { timecode } from "@/engine/timecode";
import { useHud } from "./hud";

interface HudLayerProps {
  layout: ClipLayout;
  fps: number;
}

export function HudLayer({ layout, fps }: HudLayerProps) {
  const guide = useRef<HTMLDivElement>(null);
  const skim = useRef<HTMLDivElement>(null);
  const moment = useRef<HTMLSpanElement>(null);
  const note = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const draw = () => {
      const now = useHud.getState();
      place(guide.current, now.guide);
      place(skim.current, now.note || now.guide !== null ? null : now.skim);
      place(note.current, now.note?.x ?? null);
      if (note.current && now.note) note.current.textContent = now.note.text;
      if (moment.current && now.skim !== null) {
        moment.current.textContent = timecode(xToTime(layout, now.skim), fps);
      }
    };
    draw();
    return useHud.subscribe(draw);
  }, [layout, fps]);
  return (
    <div aria-hidden className="pointer-events-none absolute inset-y-0 left-0 z-30 w-0">
      <div ref={skim} hidden className="absolute inset-y-0 left-0 w-px bg-ink/35">
        <span
          ref={moment}
          className="absolute top-0.5 left-1.5 rounded-sm bg-raised px-1 text-2xs text-muted tabular-nums"
        />
      </div>
      <div
        ref={guide}
        hidden
        data-guide
        className="absolute inset-y-0 left-0 w-0.5 -translate-x-px bg-warn"
      />
      <div
        ref={note}
        hidden
        data-note
        className="absolute top-7 left-0 ml-2 rounded-md bg-ink px-1.5 py-0.5 text-2xs font-medium whitespace-nowrap text-canvas tabular-nums shadow-float"
      />
    </div>
  );
}

function place(element: HTMLElement | null, x: number | null): void {
  if (element === null) return;
  element.hidden = x === null;
  if (x !== null) element.style.transform = `translateX(${x}px)`;
}
