// The fields that the main film and other outputs share. A value of null is "as in the main film".

import { FRAME_RATES } from "@/engine/formats";
import { rateLabel } from "@/engine/frameRate";
import { useVocabulary } from "@/lib/queries";
import { Field } from "@/ui/Field";
import { NumberField } from "@/ui/NumberField";
import { Select } from "@/ui/Select";

const INHERIT = "inherit";
const LIKE_MAIN = { value: INHERIT, label: "As the main film" };

interface ChoiceFieldProps<T extends string> {
  label: string;
  value: T | null;
  options: readonly { value: T; label: string }[];
  /** Whether null can be chosen. */
  mayInherit: boolean;
  onChange: (value: T | null) => void;
}

export function ChoiceField<T extends string>(props: ChoiceFieldProps<T>) {
  const { label, value, options, mayInherit, onChange } = props;
  const all = mayInherit ? [LIKE_MAIN, ...options] : options;
  return (
    <Field label={label}>
      {({ id }) => (
        <Select
          id={id}
          value={value ?? INHERIT}
          onChange={(next) => onChange(next === INHERIT ? null : (next as T))}
          groups={[{ options: all }]}
        />
      )}
    </Field>
  );
}

interface RateFieldProps {
  value: number | string | null;
  mayInherit: boolean;
  onChange: (value: number | string | null) => void;
}

export function RateField({ value, mayInherit, onChange }: RateFieldProps) {
  const known = FRAME_RATES.map(String);
  const rates = value === null ? known : [...new Set([...known, String(value)])];
  return (
    <ChoiceField
      label="Frame rate"
      value={value === null ? null : String(value)}
      options={rates.map((rate) => ({ value: rate, label: `${rateLabel(rate)} fps` }))}
      mayInherit={mayInherit}
      onChange={(rate) =>
        onChange(rate === null || Number.isNaN(Number(rate)) ? rate : Number(rate))
      }
    />
  );
}

interface SizeFieldsProps {
  width: number | null;
  height: number | null;
  /** Shown for what is null. */
  inherited?: { width: number; height: number };
  onChange: (size: { width?: number | null; height?: number | null }) => void;
}

export function SizeFields({ width, height, inherited, onChange }: SizeFieldsProps) {
  const sizes = useVocabulary().data?.sizes ?? [];
  const known = sizes.find((size) => size.width === width && size.height === height);
  const options = sizes.map((size) => ({
    value: size.name,
    label: `${size.label} (${size.width}×${size.height})`,
    detail: size.use,
  }));
  const own = {
    value: "own",
    label: inherited && width === null ? "As the main film" : "Own size",
  };
  return (
    <>
      <Field label="Size">
        {({ id }) => (
          <Select
            id={id}
            value={known?.name ?? "own"}
            onChange={(name) => {
              const size = sizes.find((one) => one.name === name);
              if (size) onChange({ width: size.width, height: size.height });
            }}
            groups={[{ options: known ? options : [own, ...options] }]}
          />
        )}
      </Field>
      <div className="grid grid-cols-2 gap-3">
        <NumberField
          label="Width"
          value={width}
          placeholder={inherited && String(inherited.width)}
          onChange={(next) => onChange({ width: next })}
        />
        <NumberField
          label="Height"
          value={height}
          placeholder={inherited && String(inherited.height)}
          onChange={(next) => onChange({ height: next })}
        />
      </div>
    </>
  );
}

export const QUALITIES = [
  { value: "draft", label: "Draft: smaller and quicker" },
  { value: "standard", label: "Standard" },
  { value: "high", label: "High: larger and slower" },
] as const;

export const ENCODERS = [
  { value: "software", label: "Software: the same everywhere" },
  { value: "nvenc", label: "NVIDIA (NVENC)" },
  { value: "vaapi", label: "VA-API" },
  { value: "qsv", label: "Intel Quick Sync" },
  { value: "videotoolbox", label: "Apple VideoToolbox" },
] as const;

/** The codecs, and of their encoders those that can make them. */
export function useCodecs() {
  const codecs = useVocabulary().data?.codecs ?? [];
  return {
    codecs: codecs.map(({ name, label }) => ({ value: name, label })),
    encodersOf: (codec: string) => {
      const able = codecs.find(({ name }) => name === codec)?.encoders ?? ["software"];
      return ENCODERS.filter(({ value }) => able.includes(value));
    },
  };
}
