// One of a few short words, all in sight.
import { useId } from "react";
import { cn } from "@/lib/cn";

interface SegmentedProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  isDisabled?: boolean;
  onChange: (value: T) => void;
}

export function Segmented<T extends string>(props: SegmentedProps<T>) {
  const { label, value, options, isDisabled, onChange } = props;
  const name = useId();
  return (
    <fieldset disabled={isDisabled} className={cn("min-w-0", isDisabled && "opacity-55")}>
      <legend className="mb-1.5 text-xs font-medium text-muted">{label}</legend>
      <div className="flex rounded-lg border border-line bg-field p-0.5">
        {options.map((option) => (
          <label
            key={option.value}
            className="flex h-6 flex-1 cursor-pointer items-center justify-center rounded-md px-2 text-xs font-medium text-muted transition-colors hover:text-ink has-checked:bg-hover has-checked:text-ink has-checked:inset-ring has-checked:inset-ring-edge has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={name}
              value={option.value}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
              className="sr-only"
            />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
