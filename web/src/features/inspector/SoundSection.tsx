// The clip's own sound: how loud, and how it comes and goes.
import type { Segment } from "@/api/types";
import { segmentSeconds } from "@/engine/clipState";
import { changed, PLAIN_SOUND, type Sound } from "@/engine/treatment";
import { editSegment } from "@/lib/actions/editSegment";
import { useSegmentProblems } from "@/lib/hooks/useProblems";
import { Button } from "@/ui/Button";
import { SliderField } from "@/ui/SliderField";
import { SwitchRow } from "@/ui/SwitchRow";
import { at, Why } from "./parts";

interface SoundSectionProps {
  segment: Segment;
  /** Why there is no sound to change; null when there is, or when it is not known. */
  silence: string | null;
}

export function SoundSection({ segment, silence }: SoundSectionProps) {
  const find = useSegmentProblems(segment.id);
  const sound: Sound = { ...PLAIN_SOUND, ...segment.sound };
  const change = (part: Partial<Sound>) =>
    editSegment(segment.id, { sound: changed(PLAIN_SOUND, segment.sound, part) });
  const isOff = silence !== null;
  const longest = Math.max(0.5, Math.min(5, Math.floor(segmentSeconds(segment) * 10) / 10));
  const points = sound.keyframes.length;
  return (
    <>
      {silence && <Why>{silence}</Why>}
      <SwitchRow
        label="Muted"
        isOn={sound.muted}
        isDisabled={isOff}
        onChange={(muted) => change({ muted })}
      />
      <div className="flex flex-col gap-1.5">
        <SliderField
          label="Volume"
          unit="dB"
          value={sound.gain_db}
          neutral={0}
          min={-40}
          max={12}
          step={0.5}
          isDisabled={isOff || sound.muted}
          {...at(find, "sound.gain_db")}
          onChange={(gain_db) => change({ gain_db })}
        />
        <SliderField
          label="Fade in"
          unit="s"
          value={sound.fade_in}
          neutral={0}
          min={0}
          max={longest}
          step={0.1}
          isDisabled={isOff || sound.muted}
          {...at(find, "sound.fade_in")}
          onChange={(fade_in) => change({ fade_in })}
        />
        <SliderField
          label="Fade out"
          unit="s"
          value={sound.fade_out}
          neutral={0}
          min={0}
          max={longest}
          step={0.1}
          isDisabled={isOff || sound.muted}
          {...at(find, "sound.fade_out")}
          onChange={(fade_out) => change({ fade_out })}
        />
      </div>
      {points > 0 && (
        <p className="flex items-center justify-between gap-2 text-xs text-muted">
          Its volume also follows a curve of {points} points.
          <Button look="quiet" size="sm" onClick={() => change({ keyframes: [] })}>
            Remove
          </Button>
        </p>
      )}
    </>
  );
}
