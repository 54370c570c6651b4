// A segment's progress, written straight to the page as often as news comes: React draws nothing anew.
import { type RefObject, useEffect, useRef } from "react";
import { useJobs } from "../store/jobs";

/**
 * `segmentId`: null where the progress that is told is nobody's own. `share`: what the server last said,
 * 0..1; null when unknown. `draw`: brings what is on the page to a share; always the same function.
 */
export function useDrawnProgress<E extends Element>(
  segmentId: string | null,
  share: number | null,
  draw: (element: E, share: number | null) => void,
): RefObject<E | null> {
  const element = useRef<E>(null);
  useEffect(() => {
    let shown: number | null | undefined;
    const bring = () => {
      const now = useJobs.getState().progress[segmentId ?? ""] ?? share;
      if (now === shown || element.current === null) return;
      shown = now;
      draw(element.current, now);
    };
    bring();
    return useJobs.subscribe(bring);
  }, [segmentId, share, draw]);
  return element;
}
