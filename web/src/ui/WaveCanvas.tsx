// Loudness as columns of one px around a middle line, in the colour of the text around it.
import { useLayoutEffect, useRef } from "react";
import { cn } from "@/lib/cn";
import { useTheme } from "./useTheme";

interface WaveCanvasProps {
  /** 0..1 each; null while nothing is known. */
  columns: Float32Array | null;
  height: number;
  /** Px from the left edge of what it lies in. */
  left?: number;
  width: number;
  className?: string;
}

export function WaveCanvas({ columns, height, left = 0, width, className }: WaveCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another theme has other colours
  useLayoutEffect(() => {
    if (columns !== null && canvas.current !== null) draw(canvas.current, columns, height);
  }, [columns, height, theme]);
  return (
    <canvas
      ref={canvas}
      aria-hidden
      data-waveform={columns === null ? "waiting" : "drawn"}
      className={cn("pointer-events-none absolute", className)}
      style={{ left, width, height }}
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
