// The stretch between the in and the out mark, on the ruler.
import { useEffect, useRef } from "react";
import { type ClipLayout, timeToX, totalWidth } from "@/engine/clipLayout";
import { usePlayer } from "@/lib/store/player";

interface MarkState {
  markIn?: number | null;
  markOut?: number | null;
}

export function Marks({ layout }: { layout: ClipLayout }) {
  const stretch = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const draw = ({ markIn = null, markOut = null }: MarkState) => {
      const element = stretch.current;
      if (element === null) return;
      element.hidden = markIn === null && markOut === null;
      const from = markIn === null ? 0 : timeToX(layout, markIn);
      const to = markOut === null ? totalWidth(layout) : timeToX(layout, markOut);
      element.style.transform = `translateX(${from}px)`;
      element.style.width = `${Math.max(2, to - from)}px`;
    };
    draw(usePlayer.getState() as MarkState);
    return usePlayer.subscribe((state) => draw(state as MarkState));
  }, [layout]);
  return (
    <div
      ref={stretch}
      hidden
      data-marks
      className="pointer-events-none absolute top-0 left-0 h-full border-x-2 border-accent bg-accent/20"
    />
  );
}
