// Play, step, jump, where we are, sound and full screen.
import {
  ChevronFirst,
  ChevronLast,
  ListVideo,
  Maximize,
  Pause,
  Play,
  StepBack,
  StepForward,
  Volume2,
  VolumeX,
} from "lucide-react";
import { timecode } from "@/engine/timecode";
import { toggleSound, usePlayer } from "@/lib/store/player";
import { IconButton } from "@/ui/IconButton";

interface TransportProps {
  fps: number;
  total: number;
  /** Goes on into the next segment at the end of one; null where that makes no sense. */
  playsOn: boolean | null;
  onPlaysOn: (playsOn: boolean) => void;
  onCut: (delta: number) => void;
}

export function Transport(props: TransportProps) {
  const { fps, total, playsOn, onPlaysOn, onCut } = props;
  const player = usePlayer((state) => state.player);
  const isPlaying = usePlayer((state) => state.isPlaying);
  const isMuted = usePlayer((state) => state.isMuted);
  const isOff = player === null;
  return (
    <section
      aria-label="Playback"
      className="grid h-11 shrink-0 grid-cols-[1fr_auto_1fr] items-center gap-2"
    >
      <Clock fps={fps} total={total} />
      <div className="flex items-center gap-0.5">
        <IconButton label="Previous segment" keys="↑" onClick={() => onCut(-1)}>
          <ChevronFirst />
        </IconButton>
        <IconButton
          label="One frame back"
          keys="←"
          disabled={isOff}
          onClick={() => player?.step(-1)}
        >
          <StepBack />
        </IconButton>
        <IconButton
          label={isPlaying ? "Pause" : "Play"}
          keys="Space"
          disabled={isOff}
          onClick={() => player?.toggle()}
          className="size-9 rounded-full bg-raised text-ink hover:bg-hover [&>svg]:size-[1.125rem]"
        >
          {isPlaying ? (
            <Pause fill="currentColor" strokeWidth={0} />
          ) : (
            <Play fill="currentColor" strokeWidth={0} />
          )}
        </IconButton>
        <IconButton label="One frame on" keys="→" disabled={isOff} onClick={() => player?.step(1)}>
          <StepForward />
        </IconButton>
        <IconButton label="Next segment" keys="↓" onClick={() => onCut(1)}>
          <ChevronLast />
        </IconButton>
      </div>
      <div className="flex justify-end gap-0.5">
        {playsOn !== null && (
          <IconButton
            label="Play on into the next segment"
            isOn={playsOn}
            onClick={() => onPlaysOn(!playsOn)}
          >
            <ListVideo />
          </IconButton>
        )}
        <IconButton label={isMuted ? "Sound on" : "Sound off"} keys="M" onClick={toggleSound}>
          {isMuted ? <VolumeX /> : <Volume2 />}
        </IconButton>
        <IconButton
          label="Full screen"
          keys="F"
          disabled={isOff}
          onClick={() => player?.fullScreen()}
        >
          <Maximize />
        </IconButton>
      </div>
    </section>
  );
}

function Clock({ fps, total }: { fps: number; total: number }) {
  const time = usePlayer((state) => state.time);
  return (
    <p className="truncate text-xs tabular-nums">
      <span className="sr-only">Position </span>
      <span className="font-medium">{timecode(time, fps)}</span>
      <span className="hidden text-faint @lg:inline"> / {timecode(total, fps)}</span>
    </p>
  );
}
