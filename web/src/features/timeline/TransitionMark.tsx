// The sign on a cut: what leads over it, or a faint plus where nothing does.
import { Blend, Plus } from "lucide-react";
import { memo } from "react";
import { cn } from "@/lib/cn";
import { selectTransition } from "@/lib/store/session";
import { Tooltip } from "@/ui/Tooltip";

interface TransitionMarkProps extends SignProps {
  /** Px of the cut, and of the stretch in which both clips run. */
  cut: number;
  from: number;
  to: number;
}

export function TransitionMark({ cut, from, to, ...sign }: TransitionMarkProps) {
  return (
    <>
      {sign.isThere && (
        <span
          aria-hidden
          className="absolute top-1/2 -mt-1 h-2 rounded-full border border-accent bg-accent-soft"
          style={{ left: from, width: to - from }}
        />
      )}
      <span className="absolute top-1/2 size-0" style={{ left: cut }}>
        <Sign {...sign} />
      </span>
    </>
  );
}

interface SignProps {
  /** The segment before the cut. */
  segmentId: string;
  /** What the sign is called. */
  said: string;
  /** Whether a transition leads over the cut. */
  isThere: boolean;
  isSelected: boolean;
}

/** Apart, because zooming moves it and changes nothing about it. */
const Sign = memo(function Sign({ segmentId, said, isThere, isSelected }: SignProps) {
  return (
    <Tooltip text={said}>
      <button
        type="button"
        aria-label={said}
        data-cut={segmentId}
        tabIndex={isSelected ? 0 : -1}
        onClick={() => selectTransition(segmentId)}
        className={cn(
          "pointer-events-auto absolute -mt-3 -ml-3 flex size-6 items-center justify-center rounded-full border shadow-[0_1px_4px_rgb(0_0_0/0.4)] transition-opacity [&>svg]:size-3.5",
          isThere
            ? "border-accent bg-panel text-accent hover:bg-accent-soft"
            : "border-line-strong bg-panel text-muted opacity-0 hover:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-60",
        )}
      >
        {isThere ? <Blend aria-hidden /> : <Plus aria-hidden />}
      </button>
    </Tooltip>
  );
});
