// The line that shows where playback is. Moved imperatively: it moves on every frame.
import { type RefObject, useEffect, useRef } from "react";
import { type ClipLayout, timeToX } from "@/engine/clipLayout";
import { usePlayer } from "@/lib/store/player";
import { HEADER_PX } from "./geometry";

interface PlayheadProps {
  layout: ClipLayout;
  scroller: RefObject<HTMLElement | null>;
}

const NEAR_EDGE_PX = 40;

export function Playhead({ layout, scroller }: PlayheadProps) {
  const line = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const place = ({ time, isPlaying }: { time: number; isPlaying: boolean }) => {
      const x = timeToX(layout, time);
      if (line.current) line.current.style.transform = `translateX(${x}px)`;
      const box = scroller.current;
      if (box === null || !isPlaying) return;
      const last = box.scrollLeft + box.clientWidth - HEADER_PX - NEAR_EDGE_PX;
      if (x < box.scrollLeft || x > last) box.scrollLeft = x - NEAR_EDGE_PX;
    };
    place(usePlayer.getState());
    return usePlayer.subscribe(place);
  }, [layout, scroller]);
  return (
    <div
      ref={line}
      aria-hidden
      data-playhead
      className="pointer-events-none absolute inset-y-0 left-0 z-30 w-px bg-ink ring-1 ring-panel"
    >
      <span className="absolute top-1 -left-[5px] h-3 w-[11px] rounded-t-[3px] rounded-b-full bg-ink ring-1 ring-panel" />
    </div>
  );
}
