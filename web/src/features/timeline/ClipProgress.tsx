// How far a clip is: a bar and a percentage, written straight to the page as often as news comes.
import { memo, useEffect, useRef } from "react";
import { cn } from "@/lib/cn";
import { useJobs } from "@/lib/store/jobs";

interface ClipProgressProps {
  segmentId: string;
  /** What the server last said, 0..1; null when unknown. */
  share: number | null;
  width: number;
}

const ROOM_FOR_NUMBER_PX = 56;

export const ClipProgress = memo(function ClipProgress(props: ClipProgressProps) {
  const { segmentId, share, width } = props;
  const bar = useRef<HTMLSpanElement>(null);
  const number = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    let shown: number | null | undefined;
    const draw = () => {
      const now = useJobs.getState().progress[segmentId] ?? share;
      if (now === shown || bar.current === null || number.current === null) return;
      shown = now;
      bar.current.style.transform = `scaleX(${now ?? 1})`;
      bar.current.classList.toggle("animate-shimmer", now === null);
      number.current.textContent = now === null ? "Generating" : `${Math.round(now * 100)} %`;
    };
    draw();
    return useJobs.subscribe(draw);
  }, [segmentId, share]);
  return (
    <>
      <span
        ref={number}
        className={cn(
          "pointer-events-none absolute top-1.5 right-1.5 flex h-5 items-center rounded-md bg-accent px-1.5 text-2xs font-medium text-accent-ink tabular-nums",
          width < ROOM_FOR_NUMBER_PX && "sr-only",
        )}
      />
      <span aria-hidden className="absolute inset-x-0 bottom-0 h-[3px] bg-ink/15">
        <span ref={bar} className="block h-full w-full origin-left bg-accent" />
      </span>
    </>
  );
});
