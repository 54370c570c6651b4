// The sound that a clip has of its own, as a band over its pictures.
import { useMemo } from "react";
import type { Segment } from "@/api/types";
import { clipMoment } from "@/engine/clipTime";
import { digestIn } from "@/engine/filmstrip";
import { loudnessOf } from "@/engine/waveform";
import { cn } from "@/lib/cn";
import { useLoudness } from "@/lib/hooks/useLoudness";
import { WaveCanvas } from "@/ui/WaveCanvas";

/** Narrower clips show their pictures alone. */
export const ROOM_FOR_WAVE_PX = 64;
/** The words stand below it. */
const BAND = "pointer-events-none absolute inset-x-0 bottom-6 overflow-hidden bg-black/40";

interface ClipWaveProps {
  segment: Segment;
  /** Px of the clip that are drawn. */
  from: number;
  to: number;
  pxPerSecond: number;
  trackHeight: number;
}

export function ClipWave({ segment, from, to, pxPerSecond, trackHeight }: ClipWaveProps) {
  const loudness = useLoudness(digestIn(segment.asset_url));
  const width = Math.max(0, Math.round(to - from));
  const height = Math.round(trackHeight * 0.22);
  const columns = useMemo(() => {
    if (loudness === null || width === 0) return null;
    const momentOf = (column: number) => clipMoment(segment, (from + column) / pxPerSecond);
    return loudnessOf(loudness, pxPerSecond, width, momentOf);
  }, [loudness, segment, pxPerSecond, from, width]);
  if (columns === null) return null;
  const isMuted = segment.sound?.muted === true;
  return (
    <span
      aria-hidden
      data-clip-wave
      className={cn(BAND, isMuted ? "text-white/25" : "text-white/80")}
      style={{ height }}
    >
      <WaveCanvas columns={columns} left={from} width={width} height={height} className="top-0" />
    </span>
  );
}
