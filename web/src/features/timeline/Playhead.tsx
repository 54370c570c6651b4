// The line that shows where playback is. Moved imperatively: it moves on every frame.
import { type RefObject, useEffect, useRef } from "react";
import { type ClipLayout, timeToX } from "@/engine/clipLayout";
import { usePlayer } from "@/lib/store/player";

interface PlayheadProps {
  layout: ClipLayout;
  scroller: RefObject<HTMLElement | null>;
}

export function Playhead({ layout, scroller }: PlayheadProps) {
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const place = ({ time, isPlaying }: { time: number; isPlaying: boolean }) => {
      const x = timeToX(layout, time);
      if (line.current) line.current.style.transform = `translateX(${x}px)`;
      const box = scroller.current;
      if (box && isPlaying && (x < box.scrollLeft || x > box.scrollLeft + box.clientWidth - 40)) {
        box.scrollLeft = x - 40;
      }
    };
    place(usePlayer.getState());
    return usePlayer.subscribe(place);
  }, [layout, scroller]);
  return (
    <div
      ref={line}
      aria-hidden
      className="pointer-events-none absolute inset-y-0 left-0 z-20 w-px bg-ink"
    >
      <span className="absolute top-1 -left-[5px] h-3 w-[11px] rounded-b-full rounded-t-[3px] bg-ink" />
    </div>
  );
}
