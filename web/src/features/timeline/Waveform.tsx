// How loud a sound is along its bar, from the server's peaks; only what is in sight is drawn.
import { useLayoutEffect, useRef } from "react";
import { digestIn } from "@/engine/filmstrip";
import { numberIn, partIn } from "@/engine/items";
import { columnsOf, levelFor, peaksOf } from "@/engine/waveform";
import { usePeaks, usePreview } from "@/lib/hooks/usePreview";
import type { Item } from "@/lib/itemRequests";
import { useTheme } from "./useTheme";

interface WaveformProps {
  item: Item;
  url: string | null;
  pxPerSecond: number;
  /** Px of the bar that are drawn. */
  from: number;
  to: number;
  height: number;
}

export function Waveform({ item, url, pxPerSecond, from, to, height }: WaveformProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const waveform = usePreview(digestIn(url))?.waveform ?? null;
  const file = usePeaks(waveform?.state === "ready" ? waveform.url : null);
  const theme = useTheme();
  const width = Math.max(0, Math.round(to - from));
  const trim = partIn(item.fields, "trim");
  const begins = numberIn(trim, "start", 0);
  const ends = numberIn(trim, "end", Number.POSITIVE_INFINITY);
  const isLooped = item.fields.loop === true;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours
  useLayoutEffect(() => {
    const level = levelFor(waveform?.levels ?? [], pxPerSecond);
    if (file === null || level === null || canvas.current === null || width === 0) return;
    const length = Math.min(ends, level.points / level.points_per_second) - begins;
    const momentOf = (column: number) => {
      const since = (from + column) / pxPerSecond;
      return begins + (isLooped && length > 0 ? since % length : since);
    };
    const peaks = peaksOf(file, level);
    draw(canvas.current, columnsOf(peaks, level.points_per_second, width, momentOf), height);
  }, [file, waveform, pxPerSecond, from, width, height, begins, ends, isLooped, theme]);
  return (
    <canvas
      ref={canvas}
      aria-hidden
      data-waveform={file === null ? "waiting" : "drawn"}
      className="pointer-events-none absolute bottom-0 opacity-60"
      style={{ left: from, width, height }}
    />
  );
}

function draw(canvas: HTMLCanvasElement, columns: Float32Array, height: number): void {
  const ratio = globalThis.devicePixelRatio || 1;
  canvas.width = Math.round(columns.length * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext("2d");
  if (pen === null) return;
  pen.scale(ratio, ratio);
  pen.fillStyle = getComputedStyle(canvas).color;
  columns.forEach((loudness, column) => {
    const px = Math.max(1, loudness * height);
    pen.fillRect(column, (height - px) / 2, 1, px);
  });
}
