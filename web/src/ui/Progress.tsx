// How far something is: a thin bar or a ring. Without a share it only says that something goes on.
import type { Ref } from "react";
import { cn } from "@/lib/cn";

interface ProgressProps {
  /** 0..1, null when unknown. */
  share: number | null;
  label: string;
  className?: string;
}

interface ProgressBarProps extends ProgressProps {
  /** For `fillBar`. */
  ref?: Ref<HTMLDivElement>;
}

export function ProgressBar({ share, label, className, ref }: ProgressBarProps) {
  return (
    <div
      ref={ref}
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

/** Brings a bar on the page to a share without drawing anything else anew: for news by the dozen. */
export function fillBar(bar: HTMLDivElement, share: number | null): void {
  tellShare(bar, share);
  const line = bar.firstElementChild as HTMLElement;
  line.classList.toggle("animate-shimmer", share === null);
  line.style.transform = `scaleX(${share ?? 1})`;
}

function tellShare(progress: Element, share: number | null): void {
  if (share === null) progress.removeAttribute("aria-valuenow");
  else progress.setAttribute("aria-valuenow", String(Math.round(share * 100)));
}

// A ring turns at once. Gliding there would have the browser paint each ring of a list in every frame,
// and a click would wait for that.
const RADIUS = 7;
const AROUND = 2 * Math.PI * RADIUS;

const dashOffset = (share: number | null): number => AROUND * (1 - Math.max(0.04, share ?? 0.3));

interface ProgressRingProps extends ProgressProps {
  /** For `turnRing`. */
  ref?: Ref<SVGSVGElement>;
}

export function ProgressRing({ share, label, className, ref }: ProgressRingProps) {
  return (
    <svg
      ref={ref}
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
        strokeDashoffset={dashOffset(share)}
        className="stroke-accent"
      />
    </svg>
  );
}

/** As `fillBar`. */
export function turnRing(ring: SVGSVGElement, share: number | null): void {
  ring.classList.toggle("animate-spin", share === null);
  tellShare(ring, share);
  ring.lastElementChild?.setAttribute("stroke-dashoffset", String(dashOffset(share)));
}
