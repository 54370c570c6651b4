// A number with a slider for the hand, a field for exact values, and a way back to where it began.
import { CircleAlert, RotateCcw } from "lucide-react";
import { useId } from "react";
import { cn } from "@/lib/cn";
import { IconButton } from "./IconButton";
import { NumberInput, rounded } from "./NumberInput";

interface SliderFieldProps {
  label: string;
  /** Null: nothing was said, so it is as `neutral`. */
  value: number | null;
  /** Where the reset leads. */
  neutral: number;
  /** The slider's ends; more may be typed. */
  min: number;
  max: number;
  step: number;
  unit?: string;
  /** What is shown is the value times this, such as 100 for per cent. */
  factor?: number;
  error?: string | null;
  fix?: string | null;
  isDisabled?: boolean;
  onChange: (value: number) => void;
  /** In place of setting `neutral`. */
  onReset?: () => void;
}

export function SliderField(props: SliderFieldProps) {
  const { label, value, neutral, min, max, step, unit, factor = 1, isDisabled, onChange } = props;
  const id = useId();
  const now = value ?? neutral;
  const isMoved = value !== null && (props.onReset !== undefined || value !== neutral);
  const reset = props.onReset ?? (() => onChange(neutral));
  const take = (shown: number | null) => shown !== null && onChange(rounded(shown / factor));
  const note = props.error ? `${id}-note` : undefined;
  return (
    <div
      className={cn(
        "grid grid-cols-[5.25rem_minmax(0,1fr)_4.25rem_1.5rem] items-center gap-x-2",
        isDisabled && "opacity-55",
      )}
    >
      <label htmlFor={id} className="truncate text-xs font-medium text-muted">
        {label}
      </label>
      <input
        type="range"
        aria-label={label}
        aria-describedby={note}
        aria-valuetext={`${rounded(now * factor)}${unit ? ` ${unit}` : ""}`}
        min={min * factor}
        max={max * factor}
        step={step * factor}
        value={now * factor}
        disabled={isDisabled}
        onChange={(event) => take(event.target.valueAsNumber)}
        onDoubleClick={reset}
        className="slider"
        style={{ "--share": share(now, min, max), "--home": share(neutral, min, max) } as object}
      />
      <NumberInput
        id={id}
        describedBy={note}
        value={now * factor}
        unit={unit}
        step={step * factor}
        isInvalid={Boolean(props.error)}
        isDisabled={isDisabled}
        onChange={take}
      />
      <IconButton
        label={`Reset ${label.toLowerCase()}`}
        disabled={isDisabled}
        onClick={reset}
        className={cn("size-6 [&>svg]:size-3.5", !isMoved && "invisible")}
      >
        <RotateCcw />
      </IconButton>
      {props.error && (
        <p id={note} role="alert" className="col-span-4 mt-1 flex gap-1.5 text-xs text-bad">
          <CircleAlert aria-hidden className="mt-0.5 size-3 shrink-0" />
          <span>
            {props.error}
            {props.fix && <span className="block text-muted">{props.fix}</span>}
          </span>
        </p>
      )}
    </div>
  );
}

const share = (value: number, min: number, max: number): string =>
  `${Math.max(0, Math.min(1, (value - min) / (max - min || 1))) * 100}%`;
