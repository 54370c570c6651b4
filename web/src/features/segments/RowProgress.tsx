// How far a segment in the list is: a ring, written straight to the page as often as news comes.
import { memo } from "react";
import { useDrawnProgress } from "@/lib/hooks/useDrawnProgress";
import { ProgressRing, turnRing } from "@/ui/Progress";

interface RowProgressProps {
  segmentId: string;
  /** What the server last said, 0..1; null when unknown. */
  share: number | null;
}

export const RowProgress = memo(function RowProgress({ segmentId, share }: RowProgressProps) {
  const ring = useDrawnProgress(segmentId, share, turnRing);
  return <ProgressRing ref={ring} share={null} label="Generating" className="size-3" />;
});
