// One output beside the main film: its name, and where it differs.
import { Trash2 } from "lucide-react";
import { useState } from "react";
import type { Settings } from "@/api/types";
import { nameProblem, type OutputSettings } from "@/engine/outputs";
import { Button } from "@/ui/Button";
import { Field, Input } from "@/ui/Field";
import { NumberField } from "@/ui/NumberField";
import { ChoiceField, QUALITIES, RateField, SizeFields, useCodecs } from "./fields";

interface OutputFormProps {
  value: OutputSettings;
  main: Settings;
  /** The names of all others. */
  others: readonly string[];
  onChange: (value: OutputSettings) => void;
  onRemove: () => void;
}

export function OutputForm({ value, main, others, onChange, onRemove }: OutputFormProps) {
  const set = (part: Partial<OutputSettings>) => onChange({ ...value, ...part });
  return (
    <>
      <NameField value={value.name} others={others} onChange={(name) => set({ name })} />
      {value.kind === "film" ? (
        <FilmFields value={value} main={main} set={set} />
      ) : (
        <AnimatedFields value={value} set={set} />
      )}
      <Button size="sm" look="danger" onClick={onRemove} className="self-start">
        <Trash2 /> Remove this output
      </Button>
    </>
  );
}

interface NameFieldProps {
  value: string;
  others: readonly string[];
  onChange: (name: string) => void;
}

/** Taken over when it is a good name; until then what was typed stands here alone. */
function NameField({ value, others, onChange }: NameFieldProps) {
  const [typed, setTyped] = useState(value);
  return (
    <Field label="Name" error={nameProblem(typed, others)} help="Part of the file's name">
      {({ id, describedBy, isInvalid }) => (
        <Input
          id={id}
          aria-describedby={describedBy}
          aria-invalid={isInvalid || undefined}
          value={typed}
          onChange={({ target }) => {
            setTyped(target.value);
            if (nameProblem(target.value, others) === null) onChange(target.value);
          }}
        />
      )}
    </Field>
  );
}

interface FieldsProps {
  value: OutputSettings;
  set: (part: Partial<OutputSettings>) => void;
}

function FilmFields({ value, main, set }: FieldsProps & { main: Settings }) {
  const { codecs, encodersOf } = useCodecs();
  return (
    <div className="grid grid-cols-1 gap-x-4 gap-y-4 sm:grid-cols-2">
      <SizeFields width={value.width} height={value.height} inherited={main} onChange={set} />
      <RateField value={value.fps} mayInherit onChange={(fps) => set({ fps })} />
      <LoudnessField
        value={value.loudness_lufs}
        onChange={(loudness_lufs) => set({ loudness_lufs })}
      />
      <ChoiceField
        label="Codec"
        value={value.codec}
        options={codecs}
        mayInherit
        onChange={(codec) => set({ codec, encoder: null })}
      />
      <ChoiceField
        label="Quality"
        value={value.quality}
        options={QUALITIES}
        mayInherit
        onChange={(quality) => set({ quality })}
      />
      <ChoiceField
        label="Encoder"
        value={value.encoder}
        options={encodersOf(value.codec ?? main.codec)}
        mayInherit
        onChange={(encoder) => set({ encoder })}
      />
    </div>
  );
}

const LOUDNESS = [
  { value: "-14", label: "-14 LUFS: video platforms" },
  { value: "-16", label: "-16 LUFS: podcasts, phones" },
  { value: "-23", label: "-23 LUFS: broadcast (EBU R128)" },
  { value: "off", label: "Sound as it is" },
];

interface LoudnessFieldProps {
  value: OutputSettings["loudness_lufs"];
  onChange: (value: OutputSettings["loudness_lufs"]) => void;
}

function LoudnessField({ value, onChange }: LoudnessFieldProps) {
  const own = value === null ? null : String(value);
  const isKnown = own === null || LOUDNESS.some((one) => one.value === own);
  return (
    <ChoiceField
      label="Loudness"
      value={own}
      options={isKnown ? LOUDNESS : [...LOUDNESS, { value: own, label: `${own} LUFS` }]}
      mayInherit
      onChange={(next) => onChange(next === null || next === "off" ? next : Number(next))}
    />
  );
}

function AnimatedFields({ value, set }: FieldsProps) {
  return (
    <div className="grid grid-cols-3 gap-3">
      <NumberField
        label="Width"
        value={value.width}
        placeholder="480"
        onChange={(width) => set({ width })}
      />
      <NumberField
        label="Pictures a second"
        value={typeof value.fps === "number" ? value.fps : null}
        placeholder="12"
        onChange={(fps) => set({ fps })}
      />
      <NumberField
        label="Seconds"
        value={value.seconds}
        placeholder="6"
        onChange={(seconds) => set({ seconds })}
      />
    </div>
  );
}
