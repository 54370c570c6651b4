// Choosing the shape of the picture, drawn to scale.
import { RadioGroup } from "radix-ui";
import type { Size } from "@/engine/formats";

interface FormatPickerProps {
  formats: readonly Size[];
  /** The ratio of one of them. */
  value: string | undefined;
  onChange: (format: Size) => void;
}

const BOX = 34;

export function FormatPicker({ formats, value, onChange }: FormatPickerProps) {
  return (
    <RadioGroup.Root
      aria-label="Picture format"
      value={value ?? ""}
      onValueChange={(ratio) => {
        const format = formats.find((other) => other.ratio === ratio);
        if (format) onChange(format);
      }}
      className="grid grid-cols-5 gap-2"
    >
      {formats.map((format) => (
        <RadioGroup.Item
          key={format.ratio}
          value={format.ratio}
          className="group flex flex-col items-center gap-1.5 rounded-xl border border-line bg-field px-1 pt-3 pb-2 transition-colors hover:border-line-strong data-[state=checked]:border-accent data-[state=checked]:bg-accent-soft"
        >
          <span className="flex h-9 items-center justify-center">
            <Shape format={format} />
          </span>
          <span className="text-xs font-medium">{format.label}</span>
          <span className="-mt-1.5 text-2xs text-faint group-data-[state=checked]:text-muted">
            {format.ratio}
          </span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  );
}

function Shape({ format }: { format: Size }) {
  const scale = BOX / Math.max(format.width, format.height);
  return (
    <span
      className="rounded-[3px] border-[1.5px] border-faint group-data-[state=checked]:border-accent group-data-[state=checked]:bg-accent/25"
      style={{ width: format.width * scale, height: format.height * scale }}
    />
  );
}
