// A typed number: taken when the field is left or Enter is pressed, stepped by the arrow keys.
import { type KeyboardEvent, useState } from "react";
import { cn } from "@/lib/cn";
import { CONTROL } from "./Field";

interface NumberInputProps {
  id?: string;
  label?: string;
  describedBy?: string;
  /** Null is an empty field. */
  value: number | null;
  /** What holds while the field is empty. */
  placeholder?: string;
  /** Shown behind the number. */
  unit?: string;
  step: number;
  /** Bounds of the arrow keys; what is typed is judged by whoever takes it. */
  min?: number;
  max?: number;
  isInvalid?: boolean;
  isDisabled?: boolean;
  size?: "sm" | "md";
  /** Null when the field was emptied; never called with it unless there is a placeholder. */
  onChange: (value: number | null) => void;
  /** Text that is no number, which stays in the field; null once it was given up. Else it goes unheard. */
  onRefused?: (text: string | null) => void;
  /** Takes and shows every digit of what is typed; what the arrow keys make is rounded all the same. */
  isExact?: boolean;
  className?: string;
}

const SIZES = { sm: "h-7 px-2 text-xs", md: "h-8 px-2.5" } as const;

const DIGITS = 4;

/** Without the noise of binary fractions. */
export const rounded = (value: number): number => Number(value.toFixed(DIGITS));

/** Keys that go by what is typed, such as those that render; undo and the clipboard work on its letters. */
const isCommand = ({ key, ctrlKey, metaKey }: KeyboardEvent): boolean =>
  (ctrlKey || metaKey ? /^[^acvxyz]$/i : /^F\d+$/).test(key);

export function NumberInput(props: NumberInputProps) {
  const { value, placeholder, unit, step, min = -Infinity, max = Infinity } = props;
  const { onChange, onRefused, isExact = false } = props;
  const [draft, setDraft] = useState<string | null>(null);
  const take = () => {
    if (draft === null) return;
    const text = draft.trim().replace(",", ".");
    const number = Number(text);
    if (!Number.isFinite(number) && onRefused) return onRefused(draft);
    setDraft(null);
    if (text === "" && placeholder !== undefined) onChange(null);
    else if (text !== "" && Number.isFinite(number)) onChange(isExact ? number : rounded(number));
  };
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === "Enter" || isCommand(event)) return take();
    if (event.key === "Escape") {
      setDraft(null);
      return onRefused?.(null);
    }
    const way = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
    if (way === 0) return;
    event.preventDefault();
    const from = Number((draft ?? String(value ?? placeholder ?? 0)).replace(",", ".")) || 0;
    setDraft(null);
    onChange(rounded(Math.min(max, Math.max(min, from + way * step * (event.shiftKey ? 10 : 1)))));
  };
  return (
    <span className={cn("relative block", props.className)}>
      <input
        id={props.id}
        aria-label={props.label}
        aria-describedby={props.describedBy}
        aria-invalid={props.isInvalid || undefined}
        disabled={props.isDisabled}
        inputMode="decimal"
        placeholder={placeholder}
        value={draft ?? (value === null ? "" : isExact ? value : rounded(value))}
        onChange={(event) => setDraft(event.target.value)}
        onFocus={(event) => event.target.select()}
        onBlur={take}
        onKeyDown={onKeyDown}
        className={cn(CONTROL, SIZES[props.size ?? "sm"], "tabular-nums", unit && "pr-6")}
      />
      {unit && (
        <span
          aria-hidden
          className="pointer-events-none absolute inset-y-0 right-2 flex items-center text-2xs text-faint"
        >
          {unit}
        </span>
      )}
    </span>
  );
}
