// All clips of a film that is zoomed out so far that each is only a few px wide: painted on one canvas.
import { memo, useLayoutEffect, useRef } from "react";
import type { Segment } from "@/api/types";
import { type ClipLayout, clipsBetween, leftOf, totalWidth, widthOf } from "@/engine/clipLayout";
import { type ClipState, clipState } from "@/engine/clipState";
import { useTheme } from "./useTheme";

interface PaintedClipsProps {
  segments: readonly Segment[];
  layout: ClipLayout;
  selectedIds: readonly string[];
  from: number;
  to: number;
  height: number;
}

/** The themes' colours by state; what needs a person stands out. */
const COLOURS: Readonly<Record<ClipState, string>> = {
  empty: "--c-line-strong",
  generating: "--c-accent",
  ready: "--c-good",
  changed: "--c-warn",
  failed: "--c-bad",
  needs_attention: "--c-warn",
  own: "--c-muted",
};
/** Wider clips are kept apart by a px. */
const ROOM_FOR_GAP_PX = 3;

export const PaintedClips = memo(function PaintedClips(props: PaintedClipsProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const left = Math.max(0, props.from);
  const width = Math.max(1, Math.min(totalWidth(props.layout), props.to) - left);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours
  useLayoutEffect(() => {
    if (canvas.current) paint(canvas.current, left, width, props);
  }, [left, width, props, theme]);
  return (
    <canvas
      ref={canvas}
      aria-hidden
      data-painted
      className="absolute top-0 h-full rounded-sm"
      style={{ left, width }}
    />
  );
});

function paint(
  canvas: HTMLCanvasElement,
  left: number,
  width: number,
  { segments, layout, selectedIds, height }: PaintedClipsProps,
): void {
  const ratio = globalThis.devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext("2d");
  if (pen === null) return;
  pen.scale(ratio, ratio);
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(name);
  const chosen = new Set(selectedIds);
  const [first, last] = clipsBetween(layout, left, left + width);
  for (let index = first; index <= last; index++) {
    const segment = segments[index] as Segment;
    const x = leftOf(layout, index) - left;
    const px = widthOf(layout, index);
    const gap = px >= ROOM_FOR_GAP_PX ? 1 : 0;
    const isChosen = chosen.has(segment.id);
    pen.globalAlpha = isChosen ? 1 : 0.55;
    pen.fillStyle = colour(isChosen ? "--c-ink" : COLOURS[clipState(segment)]);
    pen.fillRect(x, isChosen ? 0 : 3, Math.max(px - gap, 0.5), isChosen ? height : height - 6);
  }
}
