// How loud a sound is along its bar, from the server's peaks; only what is in sight is drawn.
import { useMemo } from "react";
import { digestIn } from "@/engine/filmstrip";
import { numberIn, partIn } from "@/engine/items";
import { loudnessOf, secondsOf } from "@/engine/waveform";
import { useLoudness } from "@/lib/hooks/useLoudness";
import type { Item } from "@/lib/itemRequests";
import { WaveCanvas } from "@/ui/WaveCanvas";

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
  const loudness = useLoudness(digestIn(url));
  const width = Math.max(0, Math.round(to - from));
  const trim = partIn(item.fields, "trim");
  const begins = numberIn(trim, "start", 0);
  const ends = numberIn(trim, "end", Number.POSITIVE_INFINITY);
  const isLooped = item.fields.loop === true;
  const columns = useMemo(() => {
    if (loudness === null || width === 0) return null;
    const length = Math.min(ends, secondsOf(loudness)) - begins;
    return loudnessOf(loudness, pxPerSecond, width, (column) => {
      const since = (from + column) / pxPerSecond;
      return begins + (isLooped && length > 0 ? since % length : since);
    });
  }, [loudness, pxPerSecond, from, width, begins, ends, isLooped]);
  return (
    <WaveCanvas
      columns={columns}
      left={from}
      width={width}
      height={height}
      className="bottom-0 opacity-60"
    />
  );
}
