// One clip on the strip: picture, number, words, state and progress.
import { memo, type PointerEvent } from "react";
import type { Segment } from "@/api/types";
import { type ClipState, clipState } from "@/engine/clipState";
import { cn } from "@/lib/cn";
import { useSegmentName, useShown } from "@/lib/queries";
import { STATE_LOOK } from "@/lib/stateLook";
import { useSegmentProgress } from "@/lib/store/jobs";
import { select } from "@/lib/store/session";
import { type MenuItem, RightClickMenu } from "@/ui/Menu";
import { ProgressBar } from "@/ui/Progress";

interface ClipProps {
  segment: Segment;
  left: number;
  width: number;
  isSelected: boolean;
  isTabStop: boolean;
  isDragged: boolean;
  menu: readonly MenuItem[];
  onDragStart: (event: PointerEvent<HTMLElement>, id: string) => void;
}

const FRAME: Record<ClipState, string> = {
  empty: "border-dashed border-line-strong bg-field",
  generating: "border-accent/60 bg-accent-soft",
  ready: "border-line bg-field",
  changed: "border-warn/70 bg-field",
  failed: "border-bad/60 bg-field",
  needs_attention: "border-warn/70 bg-field",
  own: "border-line bg-field",
};

const CHIP = {
  neutral: "bg-black/65 text-white/85",
  accent: "bg-accent text-accent-ink",
  good: "",
  warn: "bg-[#3a2c0c] text-[#f8cf7d]",
  bad: "bg-[#451c1a] text-[#ffb4ad]",
} as const;

const ROOM_FOR_CHIP_PX = 92;
const ROOM_FOR_WORDS_PX = 56;

export const Clip = memo(function Clip(props: ClipProps) {
  const { segment, left, width, isSelected, isTabStop, isDragged, menu, onDragStart } = props;
  const state = clipState(segment);
  const look = STATE_LOOK[state];
  const progress = useSegmentProgress(segment.id) ?? segment.progress ?? null;
  const number = segment.order_index + 1;
  const words = useSegmentName(segment);
  const shown = useShown(segment);
  const said =
    state === "generating" && progress !== null ? `${Math.round(progress * 100)} %` : look.label;
  return (
    <RightClickMenu items={menu}>
      <button
        type="button"
        role="option"
        aria-selected={isSelected}
        tabIndex={isTabStop ? 0 : -1}
        data-segment={segment.id}
        onClick={() => select(segment.id)}
        onPointerDown={(event) => onDragStart(event, segment.id)}
        className={cn(
          "absolute top-0 bottom-0 touch-pan-x px-px text-left outline-none",
          isDragged && "z-20 opacity-90",
        )}
        style={{ left, width }}
      >
        <span
          className={cn(
            "group relative block h-full overflow-hidden rounded-lg border",
            FRAME[state],
            isSelected && "border-accent",
            isDragged && "shadow-float",
          )}
        >
          {shown.thumbnail_url && (
            <span
              aria-hidden
              className={cn(
                "absolute inset-0 bg-left bg-repeat-x",
                (state === "generating" || state === "failed" || state === "changed") &&
                  "opacity-45",
              )}
              style={{
                backgroundImage: `url("${shown.thumbnail_url}")`,
                backgroundSize: "auto 100%",
              }}
            />
          )}
          <span
            className={cn(
              "absolute inset-x-0 bottom-0 flex items-end gap-1.5 px-2 pb-1.5 text-xs",
              shown.thumbnail_url
                ? "bg-linear-to-t from-black/85 to-transparent pt-6 text-white"
                : "text-ink",
            )}
          >
            <span className="font-semibold tabular-nums">{number}</span>
            <span className={cn("truncate opacity-85", width < ROOM_FOR_WORDS_PX && "sr-only")}>
              {words}
            </span>
          </span>
          <span
            className={cn(
              "absolute top-1.5 right-1.5 flex h-5 items-center gap-1 rounded-md px-1.5 text-2xs font-medium tabular-nums [&>svg]:size-3",
              CHIP[look.tone],
              (look.tone === "good" || width < ROOM_FOR_CHIP_PX) && "sr-only",
            )}
          >
            {state !== "generating" && look.icon}
            {said}
          </span>
          <span
            aria-hidden
            className={cn(
              "absolute inset-0 rounded-[7px]",
              isSelected &&
                "shadow-[inset_0_0_0_1.5px_var(--c-accent),inset_0_0_0_3px_rgb(0_0_0/0.55)]",
              "[button:focus-visible_&]:shadow-[inset_0_0_0_3px_var(--c-accent),inset_0_0_0_5px_rgb(0_0_0/0.7)]",
            )}
          />
          {state === "generating" && (
            <span aria-hidden>
              <ProgressBar
                share={progress}
                label=""
                className="absolute inset-x-0 bottom-0 h-[3px] rounded-none"
              />
            </span>
          )}
        </span>
      </button>
    </RightClickMenu>
  );
});
