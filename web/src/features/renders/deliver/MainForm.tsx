// How the main film is encoded; its size and rate are also those in which the timeline is edited.
import type { Settings } from "@/api/types";
import { ChoiceField, NumberField, QUALITIES, RateField, SizeFields, useCodecs } from "./fields";

interface MainFormProps {
  value: Settings;
  onChange: (value: Settings) => void;
}

export function MainForm({ value, onChange }: MainFormProps) {
  const { codecs, encodersOf } = useCodecs();
  const set = (part: Partial<Settings>) => onChange({ ...value, ...part });
  return (
    <div className="grid grid-cols-1 gap-x-4 gap-y-4 sm:grid-cols-2">
      <SizeFields
        width={value.width}
        height={value.height}
        onChange={({ width, height }) =>
          set({ width: width ?? value.width, height: height ?? value.height })
        }
      />
      <RateField value={value.fps} mayInherit={false} onChange={(fps) => fps && set({ fps })} />
      <NumberField
        label="Loudness (LUFS)"
        value={value.loudness_lufs}
        placeholder="As it is"
        onChange={(loudness_lufs) => set({ loudness_lufs })}
      />
      <ChoiceField
        label="Codec"
        value={value.codec}
        options={codecs}
        mayInherit={false}
        onChange={(codec) => codec && set({ codec, encoder: "software" })}
      />
      <ChoiceField
        label="Quality"
        value={value.quality}
        options={QUALITIES}
        mayInherit={false}
        onChange={(quality) => quality && set({ quality })}
      />
      <ChoiceField
        label="Encoder"
        value={value.encoder}
        options={encodersOf(value.codec)}
        mayInherit={false}
        onChange={(encoder) => encoder && set({ encoder })}
      />
    </div>
  );
}
