// One sound of the library: its waveform, listening, and the ways onto the film.
import { Check, Pause, Play, Plus } from "lucide-react";
import { type MouseEvent, useEffect, useMemo, useRef, useState } from "react";
import type { Media } from "@/api/types";
import { digestIn } from "@/engine/filmstrip";
import { type FileEntry, usesNote } from "@/engine/library";
import { clock } from "@/engine/timecode";
import { loudnessOf } from "@/engine/waveform";
import { cn } from "@/lib/cn";
import { useLoudness } from "@/lib/hooks/useLoudness";
import { IconButton } from "@/ui/IconButton";
import { WaveCanvas } from "@/ui/WaveCanvas";
import { listenTo, stopListening, useListening } from "./listen";
import { isTaken, useLibraryDrag } from "./useLibraryDrag";

interface SoundRowProps {
  entry: FileEntry<Media>;
  /** Seconds of the film; the playhead where they are left out. */
  onAdd: (file: Media, time?: number) => void;
  /** There is no film yet that it could be heard with. */
  isDisabled: boolean;
}

const WAVE_PX = 28;

export function SoundRow({ entry, onAdd, isDisabled }: SoundRowProps) {
  const { name, uses, seconds, assetUrl } = entry;
  const startDrag = useLibraryDrag("sound", name, ({ time }) => onAdd(entry.file, time));
  return (
    <li
      onPointerDown={startDrag}
      onDoubleClick={(event) => !isTaken(event) && onAdd(entry.file)}
      className="cursor-grab rounded-lg border border-line bg-field p-1.5 hover:border-line-strong"
    >
      <div className="flex items-center gap-1.5">
        <ListenButton name={name} url={assetUrl} />
        <div className="min-w-0 flex-1">
          <p className="truncate text-xs" title={name}>
            {name}
          </p>
          <p
            className={cn(
              "flex items-center gap-1 text-2xs",
              uses > 0 ? "text-good" : "text-faint",
            )}
          >
            <span className="text-faint tabular-nums">{clock(seconds ?? 0)} ·</span>
            {uses > 0 && <Check aria-hidden className="size-3" />}
            {usesNote(uses)}
          </p>
        </div>
        <IconButton
          label={`Add ${name} at the playhead`}
          disabled={isDisabled}
          onClick={() => onAdd(entry.file)}
          className="size-7 rounded-md"
        >
          <Plus />
        </IconButton>
      </div>
      <Wave url={assetUrl} seconds={seconds ?? 0} />
    </li>
  );
}

function ListenButton({ name, url }: { name: string; url: string | null }) {
  const isHeard = useListening((state) => state.url !== null && state.url === url);
  return (
    <IconButton
      label={isHeard ? `Stop ${name}` : `Listen to ${name}`}
      isOn={isHeard}
      disabled={url === null}
      onClick={() => (isHeard || url === null ? stopListening() : listenTo(url))}
      className="size-7 rounded-md"
    >
      {isHeard ? <Pause /> : <Play />}
    </IconButton>
  );
}

/** All of the sound; a click listens from there. Keys listen by the button, from the beginning. */
function Wave({ url, seconds }: { url: string | null; seconds: number }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const loudness = useLoudness(digestIn(url));
  const heard = useListening((state) =>
    state.url !== null && state.url === url ? state.at : null,
  );
  const columns = useMemo(() => {
    if (loudness === null || width === 0 || seconds === 0) return null;
    return loudnessOf(loudness, width / seconds, width, (column) => (column / width) * seconds);
  }, [loudness, width, seconds]);
  const listenFrom = (event: MouseEvent) => {
    const { left } = event.currentTarget.getBoundingClientRect();
    if (url !== null) listenTo(url, ((event.clientX - left) / Math.max(1, width)) * seconds);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: a shortcut; the button listens as well
    // biome-ignore lint/a11y/useKeyWithClickEvents: a shortcut; the button listens as well
    <div
      ref={box}
      data-listen
      onClick={listenFrom}
      className="relative mt-1 overflow-hidden rounded bg-good-soft text-good"
      style={{ height: WAVE_PX }}
    >
      <WaveCanvas columns={columns} width={width} height={WAVE_PX} className="top-0" />
      {heard !== null && seconds > 0 && (
        <span
          className="absolute inset-y-0 w-px bg-ink"
          style={{ left: `${Math.min(100, (heard / seconds) * 100)}%` }}
        />
      )}
    </div>
  );
}

function useWidth(box: React.RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (box.current === null) return;
    const observer = new ResizeObserver(([entry]) =>
      setWidth(Math.round(entry?.contentRect.width ?? 0)),
    );
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box]);
  return width;
}
