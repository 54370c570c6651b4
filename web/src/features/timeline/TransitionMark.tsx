// The sign on a cut: what leads over it, or a faint plus where nothing does.
import { Blend, Plus } from "lucide-react";
import type { Segment } from "@/api/types";
import { shortSeconds } from "@/engine/timecode";
import { cn } from "@/lib/cn";
import { useVocabulary } from "@/lib/queries";
import { selectTransition } from "@/lib/store/session";
import { Tooltip } from "@/ui/Tooltip";

interface TransitionMarkProps {
  /** The segment before the cut. */
  segment: Segment;
  /** Px of the cut, and of the stretch in which both clips run. */
  cut: number;
  from: number;
  to: number;
  isSelected: boolean;
}

export function TransitionMark({ segment, cut, from, to, isSelected }: TransitionMarkProps) {
  const { transition, order_index: at } = segment;
  const kinds = useVocabulary().data?.transitions;
  const label = kinds?.find(({ name }) => name === transition?.kind)?.label ?? transition?.kind;
  const said = transition
    ? `${label}, ${shortSeconds(transition.duration ?? 0.5)}, after segment ${at + 1}`
    : `Add a transition after segment ${at + 1}`;
  return (
    <>
      {transition && (
        <span
          aria-hidden
          className="absolute top-1/2 -mt-1 h-2 rounded-full border border-accent bg-accent-soft"
          style={{ left: from, width: to - from }}
        />
      )}
      <Tooltip text={said}>
        <button
          type="button"
          aria-label={said}
          tabIndex={isSelected ? 0 : -1}
          onClick={() => selectTransition(segment.id)}
          className={cn(
            "pointer-events-auto absolute top-1/2 -mt-3 -ml-3 flex size-6 items-center justify-center rounded-full border shadow-[0_1px_4px_rgb(0_0_0/0.4)] transition-opacity [&>svg]:size-3.5",
            transition
              ? "border-accent bg-panel text-accent hover:bg-accent-soft"
              : "border-line-strong bg-panel text-muted opacity-0 hover:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-60",
          )}
          style={{ left: cut }}
        >
          {transition ? <Blend aria-hidden /> : <Plus aria-hidden />}
        </button>
      </Tooltip>
    </>
  );
}
