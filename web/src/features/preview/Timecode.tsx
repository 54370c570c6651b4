// Where the playhead is; typing another time goes there.
import { useState } from "react";
import { parseTimecode, timecode } from "@/engine/timecode";
import { usePlayer } from "@/lib/store/player";

interface TimecodeProps {
  fps: number;
  /** Seconds. */
  total: number;
}

export function Timecode({ fps, total }: TimecodeProps) {
  const now = usePlayer(({ time }) => timecode(time, fps));
  const [draft, setDraft] = useState<string | null>(null);
  const go = () => {
    const seconds = draft === null ? null : parseTimecode(draft, fps);
    if (seconds !== null) usePlayer.getState().player?.seek(seconds);
    setDraft(null);
  };
  return (
    <p className="flex items-center gap-1 text-xs tabular-nums">
      <input
        aria-label="Position"
        title="Type a time, such as 1:12 or 250f, and press Enter"
        value={draft ?? now}
        style={{ width: `${now.length + 0.5}ch` }}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setDraft(event.target.value)}
        onBlur={() => setDraft(null)}
        onKeyDown={(event) => {
          if (event.key === "Enter") go();
          // The keys are the editor's again: Space plays.
          if (event.key === "Enter" || event.key === "Escape") event.currentTarget.blur();
        }}
        className="rounded bg-transparent px-1 py-0.5 font-medium hover:bg-hover focus:bg-raised"
      />
      <span className="hidden text-faint @lg:inline">/ {timecode(total, fps)}</span>
    </p>
  );
}
