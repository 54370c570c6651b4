// Choosing the shape of the picture, drawn to scale.
import { RadioGroup } from "radix-ui";
import { FORMATS, type Format } from "@/engine/formats";

interface FormatPickerProps {
  value: string | undefined;
  onChange: (format: Format) => void;
}

const BOX = 34;

export function FormatPicker({ value, onChange }: FormatPickerProps) {
  return (
    <RadioGroup.Root
      aria-label="Picture format"
      value={value ?? ""}
      onValueChange={(id) => {
        const format = FORMATS.find((other) => other.id === id);
        if (format) onChange(format);
      }}
      className="grid grid-cols-5 gap-2"
    >
      {FORMATS.map((format) => (
        <RadioGroup.Item
          key={format.id}
          value={format.id}
          className="group flex flex-col items-center gap-1.5 rounded-xl border border-line bg-field px-1 pt-3 pb-2 transition-colors hover:border-line-strong data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
        >
          <span className="flex h-9 items-center justify-center">
            <Shape format={format} />
          </span>
          <span className="text-xs font-medium">{format.label}</span>
          <span className="-mt-1.5 text-2xs text-faint group-data-[state=checked]:text-muted">
            {format.hint}
          </span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}

function Shape({ format }: { format: Format }) {
  const scale = BOX / Math.max(format.width, format.height);
  return (
    <span
      className="rounded-[3px] border-[1.5px] border-faint group-data-[state=checked]:border-accent group-data-[state=checked]:bg-accent/25"
      style={{ width: format.width * scale, height: format.height * scale }}
    />
  );
}
