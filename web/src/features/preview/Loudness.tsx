// How loud the preview is: on and off, and a slider.
import { Volume1, Volume2, VolumeX } from "lucide-react";
import { useKeyText } from "@/commands/keySettings";
import { setVolume, toggleSound, usePlayer } from "@/lib/store/player";
import { IconButton } from "@/ui/IconButton";

export function Loudness() {
  const isMuted = usePlayer((state) => state.isMuted);
  const volume = usePlayer((state) => state.volume);
  return (
    <div className="group flex items-center">
      <input
        type="range"
        aria-label="Loudness"
        min={0}
        max={1}
        step={0.05}
        value={isMuted ? 0 : volume}
        onChange={(event) => setVolume(Number(event.target.value))}
        className="hidden h-6 w-16 accent-accent @2xl:block"
      />
      <IconButton
        label={isMuted ? "Sound on" : "Sound off"}
        keys={useKeyText("play.sound")}
        onClick={toggleSound}
      >
        {isMuted ? <VolumeX /> : volume < 0.5 ? <Volume1 /> : <Volume2 />}
      </IconButton>
    </div>
  );
}
