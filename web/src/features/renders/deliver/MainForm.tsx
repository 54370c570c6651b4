// How the main film is encoded. Its picture and its loudness are the project's: the timeline is edited
// in them, so they stand in the project's settings and nowhere else.
import { Settings2 } from "lucide-react";
import type { Settings } from "@/api/types";
import { openWindow } from "@/commands/windows";
import { rateLabel } from "@/engine/frameRate";
import { Button } from "@/ui/Button";
import { ChoiceField, QUALITIES, useCodecs } from "./fields";
import type { Encoding } from "./useOutputs";

interface MainFormProps {
  value: Settings;
  onChange: (value: Partial<Encoding>) => void;
}

export function MainForm({ value, onChange }: MainFormProps) {
  const { codecs, encodersOf } = useCodecs();
  return (
    <>
      <div className="grid grid-cols-1 gap-x-4 gap-y-4 sm:grid-cols-2 sm:[&>:last-child]:col-span-2">
        <ChoiceField
          label="Codec"
          value={value.codec}
          options={codecs}
          mayInherit={false}
          onChange={(codec) => codec && onChange({ codec, encoder: "software" })}
        />
        <ChoiceField
          label="Quality"
          value={value.quality}
          options={QUALITIES}
          mayInherit={false}
          onChange={(quality) => quality && onChange({ quality })}
        />
        <ChoiceField
          label="Encoder"
          value={value.encoder}
          options={encodersOf(value.codec)}
          mayInherit={false}
          onChange={(encoder) => encoder && onChange({ encoder })}
        />
      </div>
      <div className="flex flex-wrap items-center justify-between gap-3 rounded-xl border border-line px-3 py-2.5">
        <div>
          <p className="tabular-nums">{pictureWords(value)}</p>
          <p className="text-xs text-faint">As the timeline is edited</p>
        </div>
        <Button size="sm" onClick={() => openWindow("settings")}>
          <Settings2 /> Project settings
        </Button>
      </div>
    </>
  );
}

function pictureWords({ width, height, fps, loudness_lufs: loudness }: Settings): string {
  const sound = loudness === null ? "sound as it is" : `${loudness} LUFS`;
  return `${width}×${height}, ${rateLabel(String(fps))} fps, ${sound}`;
}
