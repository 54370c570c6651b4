// Draws the floating lines and words of the strip, and the picture of the moment under the pointer, by
// writing to the elements.
import { useEffect, useRef } from "react";
import { createPortal } from "react-dom";
import { xToTime } from "@/engine/clipLayout";
import { timecode } from "@/engine/timecode";
import { usePreviews } from "@/lib/previews";
import { pictureUnder, sheetStyle } from "./clipStrip";
import type { StripView } from "./geometry";
import { useHud } from "./hud";

/** Height of the picture, and its distance from the strip and from the edges of the page. */
const PICTURE_PX = 90;
const APART_PX = 6;

export function HudLayer({ view }: { view: StripView }) {
  const guide = useRef<HTMLDivElement>(null);
  const skim = useRef<HTMLDivElement>(null);
  const moment = useRef<HTMLSpanElement>(null);
  const note = useRef<HTMLDivElement>(null);
  const picture = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const draw = () => {
      const now = useHud.getState();
      const skimmed = now.note || now.guide !== null ? null : now.skim;
      place(guide.current, now.guide);
      place(skim.current, skimmed);
      place(note.current, now.note?.x ?? null);
      if (note.current && now.note) note.current.textContent = now.note.text;
      if (moment.current && now.skim !== null) {
        moment.current.textContent = timecode(xToTime(view.layout, now.skim), view.fps);
      }
      drawPicture(picture.current, view, skimmed);
    };
    draw();
    return useHud.subscribe(draw);
  }, [view]);
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
      {createPortal(
        <div
          ref={picture}
          hidden
          aria-hidden
          data-skimmed
          className="pointer-events-none fixed top-0 left-0 z-40 rounded-md border border-line-strong bg-black shadow-float"
          style={{ height: PICTURE_PX }}
        />,
        document.body,
      )}
    </div>
  );
}

function place(element: HTMLElement | null, x: number | null): void {
  if (element === null) return;
  element.hidden = x === null;
  if (x !== null) element.style.transform = `translateX(${x}px)`;
}

/** Over the strip, as it would hide what is pointed at within it. */
function drawPicture(element: HTMLElement | null, view: StripView, x: number | null): void {
  if (element === null) return;
  const strip = view.scroller.current;
  const shown = x === null || strip === null ? null : pictureAt(strip, view, x);
  element.hidden = shown === null;
  if (shown === null || x === null || strip === null) return;
  const width = PICTURE_PX * shown.shape;
  const under = (view.origin.current?.getBoundingClientRect().left ?? 0) + x;
  const most = document.documentElement.clientWidth - width - APART_PX;
  const left = Math.max(APART_PX, Math.min(most, under - width / 2));
  const top = strip.getBoundingClientRect().top - PICTURE_PX - APART_PX;
  const transform = `translate(${left}px, ${top}px)`;
  Object.assign(element.style, { width: `${width}px`, transform, ...sheetStyle(shown.tile) });
}

function pictureAt(strip: HTMLElement, { segments, layout }: StripView, x: number) {
  const height = strip.querySelector('[data-track="video"]')?.clientHeight ?? 0;
  return pictureUnder(x, segments, layout, height, usePreviews.getState().known);
}
