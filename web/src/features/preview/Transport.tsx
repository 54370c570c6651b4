// Where we are, play, step, jump, marks, loop, loudness and full screen.
import {
  ChevronFirst,
  ChevronLast,
  Maximize,
  Pause,
  Play,
  Repeat,
  StepBack,
  StepForward,
} from "lucide-react";
import { useKeyText } from "@/commands/keySettings";
import { toggleLoop, usePlayer } from "@/lib/store/player";
import { IconButton } from "@/ui/IconButton";
import { Loudness } from "./Loudness";
import { Marks } from "./Marks";
import { Timecode } from "./Timecode";

interface TransportProps {
  fps: number;
  /** Seconds. */
  total: number;
  onCut: (delta: number) => void;
}

export function Transport({ fps, total, onCut }: TransportProps) {
  const player = usePlayer((state) => state.player);
  const isOff = player === null;
  return (
    <section
      aria-label="Playback"
      className="grid h-11 shrink-0 grid-cols-[1fr_auto_1fr] items-center gap-2"
    >
      <div className="flex min-w-0 items-center gap-2">
        <Timecode fps={fps} total={total} />
        <Speed />
      </div>
      <div className="flex items-center gap-0.5">
        <IconButton
          label="Previous cut"
          keys={useKeyText("play.cutBefore")}
          disabled={isOff}
          onClick={() => onCut(-1)}
        >
          <ChevronFirst />
        </IconButton>
        <IconButton
          label="One frame back"
          keys={useKeyText("play.frameBack")}
          disabled={isOff}
          onClick={() => player?.step(-1)}
        >
          <StepBack />
        </IconButton>
        <PlayButton />
        <IconButton
          label="One frame on"
          keys={useKeyText("play.frameOn")}
          disabled={isOff}
          onClick={() => player?.step(1)}
        >
          <StepForward />
        </IconButton>
        <IconButton
          label="Next cut"
          keys={useKeyText("play.cutAfter")}
          disabled={isOff}
          onClick={() => onCut(1)}
        >
          <ChevronLast />
        </IconButton>
      </div>
      <div className="flex justify-end gap-0.5">
        <Marks fps={fps} />
        <Loop />
        <Loudness />
        <IconButton
          label="Full screen"
          keys={useKeyText("play.fullScreen")}
          disabled={isOff}
          onClick={() => player?.fullScreen()}
        >
          <Maximize />
        </IconButton>
      </div>
    </section>
  );
}

function PlayButton() {
  const player = usePlayer((state) => state.player);
  const isPlaying = usePlayer((state) => state.isPlaying);
  return (
    <IconButton
      label={isPlaying ? "Pause" : "Play"}
      keys={useKeyText("play.toggle")}
      disabled={player === null}
      onClick={() => player?.toggle()}
      className="size-9 rounded-full bg-raised text-ink hover:bg-hover [&>svg]:size-[1.125rem]"
    >
      {isPlaying ? (
        <Pause fill="currentColor" strokeWidth={0} />
      ) : (
        <Play fill="currentColor" strokeWidth={0} />
      )}
    </IconButton>
  );
}

function Loop() {
  const isLooping = usePlayer((state) => state.isLooping);
  return (
    <IconButton
      label="Play again and again"
      keys={useKeyText("play.loop")}
      isOn={isLooping}
      onClick={toggleLoop}
    >
      <Repeat />
    </IconButton>
  );
}

/** Shown while it is not the ordinary one. */
function Speed() {
  const speed = usePlayer((state) => state.speed);
  if (speed === 0 || speed === 1) return null;
  return <span className="text-xs font-medium text-accent tabular-nums">{speed}×</span>;
}
