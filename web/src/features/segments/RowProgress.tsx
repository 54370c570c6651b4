// How far a segment in the list is: a ring, written straight to the page as often as news comes.
import { memo, useEffect, useRef } from "react";
import { useJobs } from "@/lib/store/jobs";
import { ProgressRing, turnRing } from "@/ui/Progress";

interface RowProgressProps {
  segmentId: string;
  /** What the server last said, 0..1; null when unknown. */
  share: number | null;
}

export const RowProgress = memo(function RowProgress({ segmentId, share }: RowProgressProps) {
  const ring = useRef<SVGSVGElement>(null);
  useEffect(() => {
    let shown: number | null | undefined;
    const draw = () => {
      const now = useJobs.getState().progress[segmentId] ?? share;
      if (now === shown || ring.current === null) return;
      shown = now;
      turnRing(ring.current, now);
    };
    draw();
    return useJobs.subscribe(draw);
  }, [segmentId, share]);
  return <ProgressRing ref={ring} share={null} label="Generating" className="size-3" />;
});
