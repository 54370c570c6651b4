// One segment in the list: number, words, length and state.
import { MoreHorizontal } from "lucide-react";
import { memo, type PointerEvent } from "react";
import type { Segment } from "@/api/types";
import { clipState, segmentSeconds } from "@/engine/clipState";
import { shortSeconds } from "@/engine/timecode";
import { cn } from "@/lib/cn";
import { useSegmentName } from "@/lib/queries";
import { STATE_LOOK } from "@/lib/stateLook";
import { useSegmentProgress } from "@/lib/store/jobs";
import { select } from "@/lib/store/session";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { ProgressRing } from "@/ui/Progress";
import { segmentMenu } from "./segmentMenu";

interface SegmentRowProps {
  segment: Segment;
  count: number;
  isSelected: boolean;
  dropEdge: "before" | "after" | null;
  isDragged: boolean;
  onDragStart: (event: PointerEvent<HTMLElement>, id: string) => void;
}

const TONE_TEXT = {
  neutral: "text-faint",
  accent: "text-accent",
  good: "text-good",
  warn: "text-warn",
  bad: "text-bad",
} as const;

export const SegmentRow = memo(function SegmentRow(props: SegmentRowProps) {
  const { segment, count, isSelected, dropEdge, isDragged, onDragStart } = props;
  const state = clipState(segment);
  const look = STATE_LOOK[state];
  const name = useSegmentName(segment);
  const progress = useSegmentProgress(segment.id);
  return (
    <li
      onPointerDown={(event) => onDragStart(event, segment.id)}
      className={cn(
        "group relative flex touch-pan-y items-start rounded-xl border border-transparent transition-colors",
        isSelected ? "border-line bg-raised" : "hover:bg-raised/60",
        isDragged && "z-10 border-line-strong bg-raised shadow-float",
        dropEdge === "before" &&
          "before:absolute before:inset-x-1 before:-top-[3px] before:h-0.5 before:rounded before:bg-accent",
        dropEdge === "after" &&
          "after:absolute after:inset-x-1 after:-bottom-[3px] after:h-0.5 after:rounded after:bg-accent",
      )}
    >
      <button
        type="button"
        aria-current={isSelected || undefined}
        onClick={() => select(segment.id)}
        className="flex min-w-0 flex-1 gap-2.5 rounded-xl py-2 pl-2.5 text-left -outline-offset-2"
      >
        <span
          className={cn(
            "mt-px w-4 shrink-0 text-right text-xs font-medium tabular-nums",
            isSelected ? "text-accent" : "text-faint",
          )}
        >
          {segment.order_index + 1}
        </span>
        <span className="min-w-0 flex-1">
          <span className="line-clamp-2 leading-[1.15rem]">{name}</span>
          <span className="mt-1 flex items-center gap-1.5 text-2xs text-faint [&>svg]:size-3">
            {state === "generating" ? (
              <ProgressRing
                share={progress ?? segment.progress ?? null}
                label="Generating"
                className="size-3"
              />
            ) : (
              <span className={cn("[&>svg]:size-3", TONE_TEXT[look.tone])}>{look.icon}</span>
            )}
            <span className={cn(look.tone !== "good" && TONE_TEXT[look.tone])}>{look.label}</span>
            <span aria-hidden>·</span>
            <span className="tabular-nums">{shortSeconds(segmentSeconds(segment))}</span>
          </span>
        </span>
      </button>
      <Menu items={segmentMenu(segment, count)}>
        <IconButton
          label={`More for segment ${segment.order_index + 1}`}
          onPointerDown={(event) => event.stopPropagation()}
          className={cn(
            "m-1 size-7 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-100",
            isSelected && "opacity-100",
          )}
        >
          <MoreHorizontal />
        </IconButton>
      </Menu>
    </li>
  );
});
