// How much time a px holds: fitted to the width, or chosen by wheel and buttons.
import { type RefObject, useEffect, useState } from "react";
import { useSession } from "@/lib/store/session";

const MIN_PX_PER_SECOND = 2;
const MAX_PX_PER_SECOND = 240;
const FIT_MAX_PX_PER_SECOND = 140;

export function useZoom(scroller: RefObject<HTMLElement | null>, totalSeconds: number) {
  const zoom = useSession((state) => state.zoom);
  const width = useWidth(scroller);
  const fit = Math.min(
    FIT_MAX_PX_PER_SECOND,
    Math.max(MIN_PX_PER_SECOND, (width - 24) / Math.max(1, totalSeconds)),
  );
  const pxPerSecond = zoom ?? fit;

  useEffect(() => {
    const box = scroller.current;
    if (box === null) return;
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const delta = Math.max(-60, Math.min(60, event.deltaY));
      zoomBy(
        pxPerSecond,
        Math.exp(-delta / 240),
        box,
        event.clientX - box.getBoundingClientRect().left,
      );
    };
    box.addEventListener("wheel", onWheel, { passive: false });
    return () => box.removeEventListener("wheel", onWheel);
  }, [scroller, pxPerSecond]);

  useEffect(() => {
    useSession.setState({ zoomBy: (factor) => zoomBy(pxPerSecond, factor, scroller.current) });
    return () => useSession.setState({ zoomBy: null });
  }, [scroller, pxPerSecond]);

  return { pxPerSecond, width, isFitted: zoom === null };
}

/** Zooms by a factor; what stands at px `anchor` of the box stays there. */
export function zoomBy(current: number, factor: number, box: HTMLElement | null, anchor = 0): void {
  const next = Math.max(MIN_PX_PER_SECOND, Math.min(MAX_PX_PER_SECOND, current * factor));
  useSession.setState({ zoom: next });
  if (box === null) return;
  const scrollLeft = (box.scrollLeft + anchor) * (next / current) - anchor;
  requestAnimationFrame(() => {
    box.scrollLeft = scrollLeft;
  });
}

function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(1000);
  useEffect(() => {
    const box = element.current;
    if (box === null) return;
    const observer = new ResizeObserver(() => setWidth(box.clientWidth));
    observer.observe(box);
    return () => observer.disconnect();
  }, [element]);
  return width;
}
