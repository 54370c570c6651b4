// How far something is: a thin bar or a ring. Without a share it only says that something goes on.
import { cn } from "@/lib/cn";

interface ProgressProps {
  /** 0..1, null when unknown. */
  share: number | null;
  label: string;
  className?: string;
}

export function ProgressBar({ share, label, className }: ProgressProps) {
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(share !== null && { "aria-valuenow": Math.round(share * 100) })}
      className={cn("h-1 overflow-hidden rounded-full bg-ink/15", className)}
    >
      <div
        className={cn(
          "h-full w-full origin-left rounded-full bg-accent transition-transform duration-300",
          share === null && "animate-shimmer",
        )}
        style={{ transform: `scaleX(${share ?? 1})` }}
      />
    </div>
  );
}

const RADIUS = 7;
const AROUND = 2 * Math.PI * RADIUS;

export function ProgressRing({ share, label, className }: ProgressProps) {
  return (
    <svg
      viewBox="0 0 18 18"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      {...(share !== null && { "aria-valuenow": Math.round(share * 100) })}
      className={cn("size-4 -rotate-90", share === null && "animate-spin", className)}
    >
      <circle cx="9" cy="9" r={RADIUS} fill="none" strokeWidth="2.5" className="stroke-ink/20" />
      <circle
        cx="9"
        cy="9"
        r={RADIUS}
        fill="none"
        strokeWidth="2.5"
        strokeLinecap="round"
        strokeDasharray={AROUND}
        strokeDashoffset={AROUND * (1 - Math.max(0.04, share ?? 0.3))}
        className="stroke-accent transition-[stroke-dashoffset] duration-300"
      />
    </svg>
  );
}
