// How much time a px holds, and which part of the strip is drawn: fitted to the width, or zoomed by
// wheel, keys and slider around what one looks at.
import { type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { flushSync } from "react-dom";
import {
  anchoredScroll,
  clampScale,
  drawnWindow,
  type Scale,
  scaleOf,
  wheelFactor,
  windowStart,
} from "@/engine/window";
import { usePlayer } from "@/lib/store/player";
import { useSession } from "@/lib/store/session";
import { END_PX, HEADER_PX } from "./geometry";

export interface Zoom {
  pxPerSecond: number;
  scale: Scale;
  isFitted: boolean;
  /** Px that are laid out; see `drawnWindow`. */
  from: number;
  to: number;
}

/** `total`: seconds of the film. */
export function useStripView(scroller: RefObject<HTMLDivElement | null>, total: number): Zoom {
  const zoom = useSession((state) => state.zoom);
  const width = useWidth(scroller) - HEADER_PX;
  const scale = useMemo(() => scaleOf(width - END_PX, total), [width, total]);
  const pxPerSecond = zoom === null ? scale.fit : clampScale(scale, zoom);
  const now = useRef({ scale, pxPerSecond });
  now.current = { scale, pxPerSecond };
  const { left, scrollTo } = useScrolled(scroller, pxPerSecond);
  useZooming(scroller, now, scrollTo);
  return { pxPerSecond, scale, isFitted: zoom === null, ...drawnWindow(left, width) };
}

/**
 * How far the strip is scrolled, in the steps in which other things are drawn; and a way to say where
 * it will be scrolled once another zoom is laid out, so that the page is drawn and laid out only once.
 */
function useScrolled(scroller: RefObject<HTMLDivElement | null>, pxPerSecond: number) {
  const [left, setLeft] = useState(0);
  const wanted = useRef<number | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: at another zoom one scrolls elsewhere
  useLayoutEffect(() => {
    if (scroller.current && wanted.current !== null) scroller.current.scrollLeft = wanted.current;
    wanted.current = null;
  }, [scroller, pxPerSecond]);
  useEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    const look = () => setLeft(windowStart(box.scrollLeft));
    look();
    box.addEventListener("scroll", look, { passive: true });
    return () => box.removeEventListener("scroll", look);
  }, [scroller]);
  const scrollTo = useRef((x: number) => {
    wanted.current = x;
    setLeft(windowStart(x));
  });
  return { left, scrollTo: scrollTo.current };
}

type Now = RefObject<{ scale: Scale; pxPerSecond: number }>;

function useZooming(
  scroller: RefObject<HTMLDivElement | null>,
  now: Now,
  scrollTo: (x: number) => void,
): void {
  useEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    let factor = 1;
    let raf = 0;
    const zoomAt = (by: number, anchor: number) => {
      const { scale, pxPerSecond } = now.current;
      const next = clampScale(scale, pxPerSecond * by);
      const isFitted = next <= scale.min && scale.min >= scale.fit;
      flushSync(() => {
        scrollTo(isFitted ? 0 : anchoredScroll(box.scrollLeft, anchor, next / pxPerSecond));
        useSession.setState({ zoom: isFitted ? null : next });
      });
    };
    const onWheel = (event: WheelEvent) => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        factor *= wheelFactor(event.deltaY);
        const anchor = event.clientX - box.getBoundingClientRect().left - HEADER_PX;
        cancelAnimationFrame(raf);
        raf = requestAnimationFrame(() => {
          zoomAt(factor, anchor);
          factor = 1;
        });
      } else if (isPan(event, box)) {
        event.preventDefault();
        box.scrollLeft += event.deltaY || event.deltaX;
      }
    };
    box.addEventListener("wheel", onWheel, { passive: false, capture: true });
    useSession.setState({
      zoomBy: (by) => zoomAt(by, restingAnchor(box, now.current.pxPerSecond)),
    });
    return () => {
      cancelAnimationFrame(raf);
      box.removeEventListener("wheel", onWheel, { capture: true });
      useSession.setState({ zoomBy: null });
    };
  }, [scroller, now, scrollTo]);
}

/** Shift pans; so does a plain wheel where there is nothing to scroll up and down. */
const isPan = (event: WheelEvent, box: HTMLElement): boolean =>
  event.shiftKey || (event.deltaX === 0 && box.scrollHeight <= box.clientHeight + 1);

/** Zooming by key or click goes to the playhead, or to the middle while that is out of sight. */
function restingAnchor(box: HTMLElement, pxPerSecond: number): number {
  const width = box.clientWidth - HEADER_PX;
  const playhead = usePlayer.getState().time * pxPerSecond - box.scrollLeft;
  return playhead >= 0 && playhead <= width ? playhead : width / 2;
}

function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(1000);
  useLayoutEffect(() => {
    const box = element.current;
    if (box === null) return;
    setWidth(box.clientWidth);
    const observer = new ResizeObserver(() => setWidth(box.clientWidth));
    observer.observe(box);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
