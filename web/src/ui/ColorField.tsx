// A colour: picked by eye, or typed as #rrggbb.
import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { cn } from "@/lib/cn";
import { Field, Input } from "./Field";
import { IconButton } from "./IconButton";

interface ColorFieldProps {
  label: string;
  /** Null: nothing was said, so it is `usual`. */
  value: string | null;
  usual: string;
  error?: string | null;
  fix?: string | null;
  isDisabled?: boolean;
  onChange: (color: string) => void;
  onReset: () => void;
}

const COLOR = /^#[0-9a-f]{6}$/i;

export function ColorField(props: ColorFieldProps) {
  const { label, value, usual, error, fix, isDisabled, onChange, onReset } = props;
  const [draft, setDraft] = useState<string | null>(null);
  const shown = value ?? usual;
  const take = () => {
    if (draft !== null && COLOR.test(draft.trim())) onChange(draft.trim().toLowerCase());
    setDraft(null);
  };
  return (
    <Field label={label} error={error} fix={fix}>
      {({ id, describedBy, isInvalid }) => (
        <span className="flex items-center gap-1.5">
          <input
            type="color"
            aria-label={`Pick ${label.toLowerCase()}`}
            value={COLOR.test(shown) ? shown : "#000000"}
            disabled={isDisabled}
            onChange={(event) => onChange(event.target.value)}
            className="swatch size-7 shrink-0"
          />
          <Input
            id={id}
            aria-describedby={describedBy}
            aria-invalid={isInvalid || undefined}
            value={draft ?? shown}
            disabled={isDisabled}
            className="h-7 min-w-0 px-2 text-xs tabular-nums"
            onChange={(event) => setDraft(event.target.value)}
            onBlur={take}
            onKeyDown={(event) => event.key === "Enter" && take()}
          />
          <IconButton
            label={`Reset ${label.toLowerCase()}`}
            disabled={isDisabled}
            onClick={onReset}
            className={cn("size-6 [&>svg]:size-3.5", value === null && "invisible")}
          >
            <RotateCcw />
          </IconButton>
        </span>
      )}
    </Field>
  );
}
