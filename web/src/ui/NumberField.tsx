// A labelled number that is taken as it is typed; for windows that are saved as a whole.
import { Field, Input } from "./Field";

interface NumberFieldProps {
  label: string;
  value: number | null;
  /** What holds while the field is empty; a field without one must not be empty. */
  placeholder?: string | undefined;
  help?: string;
  onChange: (value: number | null) => void;
}

export function NumberField({ label, value, placeholder, help, onChange }: NumberFieldProps) {
  return (
    <Field label={label} help={help}>
      {({ id, describedBy }) => (
        <Input
          id={id}
          aria-describedby={describedBy}
          type="number"
          step="any"
          required={placeholder === undefined}
          placeholder={placeholder}
          value={value === null || Number.isNaN(value) ? "" : value}
          onChange={({ target }) => onChange(target.value === "" ? null : target.valueAsNumber)}
          className="tabular-nums"
        />
      )}
    </Field>
  );
}
