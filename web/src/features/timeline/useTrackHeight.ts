// How high a track is at the moment, in px.
import { type RefObject, useLayoutEffect, useRef, useState } from "react";
import { MIN_TRACK_PX } from "./geometry";

export function useTrackHeight(): [RefObject<HTMLDivElement | null>, number] {
  const track = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(MIN_TRACK_PX);
  useLayoutEffect(() => {
    const element = track.current;
    if (element === null) return;
    setHeight(element.clientHeight);
    const observer = new ResizeObserver(() => setHeight(element.clientHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [track, height];
}
