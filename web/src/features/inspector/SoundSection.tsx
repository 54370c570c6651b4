// The clip's own sound: how loud, how it comes and goes, and its volume over time.
import type { Segment } from "@/api/types";
import { segmentSeconds } from "@/engine/clipState";
import { changed, PLAIN_SOUND, type Sound } from "@/engine/treatment";
import { withChangedPoint } from "@/engine/volumePoints";
import { editSegment } from "@/lib/actions/editSegment";
import { WHOLE } from "@/lib/actions/perform";
import { useFilmLayout } from "@/lib/hooks/useFilmLayout";
import { useSegmentProblems } from "@/lib/hooks/useProblems";
import { pointAtPlayhead } from "@/lib/pointAtPlayhead";
import { Disclosure } from "@/ui/Disclosure";
import { PointList } from "@/ui/PointList";
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
  const film = useFilmLayout();
  const sound: Sound = { ...PLAIN_SOUND, ...segment.sound };
  const change = (part: Partial<Sound>, control: string | null) =>
    editSegment(segment.id, { sound: changed(PLAIN_SOUND, segment.sound, part) }, control);
  const isOff = silence !== null;
  const longest = Math.max(0.5, Math.min(5, Math.floor(segmentSeconds(segment) * 10) / 10));
  const points = sound.keyframes;
  const problem = (index: number) =>
    ["", ".at", ".gain_db"]
      .map((part) => find(`sound.keyframes.${index}${part}`))
      .find((found) => found !== undefined);
  const add = () => {
    const start = film.start[segment.order_index] ?? 0;
    const end = start + (film.seconds[segment.order_index] ?? 0);
    const more = pointAtPlayhead(points, { start, end });
    if (more) change({ keyframes: more }, WHOLE);
  };
  return (
    <>
      {silence && <Why>{silence}</Why>}
      <SwitchRow
        label="Muted"
        isOn={sound.muted}
        isDisabled={isOff}
        onChange={(muted) => change({ muted }, WHOLE)}
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
          onChange={(gain_db) => change({ gain_db }, "volume")}
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
          onChange={(fade_in) => change({ fade_in }, "fade in")}
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
          onChange={(fade_out) => change({ fade_out }, "fade out")}
        />
      </div>
      <Disclosure
        title="Volume over time"
        aside={points.length === 0 ? "Even" : `Points: ${points.length}`}
        isOpen={points.some((_, index) => problem(index)) || undefined}
      >
        <PointList
          points={points}
          isDisabled={isOff || sound.muted}
          problem={problem}
          onAdd={add}
          onRemove={(gone) =>
            change({ keyframes: points.filter((_, index) => index !== gone) }, WHOLE)
          }
          onChange={(index, part) =>
            change(
              { keyframes: withChangedPoint(points, index, part) },
              `${index} ${Object.keys(part)}`,
            )
          }
        />
      </Disclosure>
    </>
  );
}
