// One parameter of a model as the control that fits its kind.
import { memo, type ReactNode, useState } from "react";
import type { FieldProblem } from "@/api/problem";
import { isFrameField } from "@/engine/neighbourFrames";
import { choiceLabel, type ParamField as FieldShape, parseInput } from "@/engine/paramForm";
import { cn } from "@/lib/cn";
import { Field, type FieldControl, Input, TextArea } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { Switch } from "@/ui/Switch";
import { FrameSource } from "./FrameSource";

export interface MediaControl {
  value: string | null;
  label: string;
  onChange: (mediaId: string | undefined) => void;
}

interface ParamFieldProps {
  /** Id of the segment that has the parameter. */
  owner: string;
  field: FieldShape;
  value: unknown;
  problem: FieldProblem | undefined;
  onChange: (name: string, value: unknown) => void;
  renderMedia: (control: MediaControl) => ReactNode;
  aside?: ReactNode;
}

const UNSET = "\u0000unset";

export const ParamField = memo(function ParamField(props: ParamFieldProps) {
  const { field, value, problem, renderMedia, aside } = props;
  const onChange = (next: unknown) => props.onChange(field.name, next);
  const [draft, setDraft] = useState<{ text: string; error: string } | null>(null);
  const isWide = field.kind === "media" || field.kind === "long-text";
  return (
    <Field
      label={field.label}
      help={field.help}
      isQuiet
      aside={aside}
      error={draft?.error ?? problem?.message}
      fix={draft ? null : problem?.fix}
      className={cn(isWide && "col-span-2")}
    >
      {(control) => {
        switch (field.kind) {
          case "choice":
            return <Choice field={field} value={value} control={control} onChange={onChange} />;
          case "switch":
            return (
              <Switch
                id={control.id}
                describedBy={control.describedBy}
                isOn={Boolean(value ?? field.initial)}
                onChange={onChange}
              />
            );
          case "media":
            return (
              <MediaSource
                owner={props.owner}
                field={field}
                value={value}
                onChange={onChange}
                file={renderMedia({
                  value: typeof value === "string" ? value : null,
                  label: field.label,
                  onChange,
                })}
              />
            );
          default:
            return (
              <Typed
                field={field}
                control={control}
                text={draft?.text ?? (value === undefined || value === null ? "" : String(value))}
                onText={(text) => {
                  const parsed = parseInput(field, text);
                  if ("error" in parsed) return setDraft({ text, error: parsed.error });
                  setDraft(null);
                  onChange(parsed.value);
                }}
              />
            );
        }
      }}
    </Field>
  );
});

interface MediaSourceProps {
  owner: string;
  field: FieldShape;
  value: unknown;
  onChange: (value: unknown) => void;
  file: ReactNode;
}

/** Frames can be made, or be those of neighbours; any other media is a file. */
function MediaSource({ owner, field, file, ...rest }: MediaSourceProps) {
  const { name, label } = field;
  if (!isFrameField(name)) return file;
  return <FrameSource segmentId={owner} field={name} label={label} file={file} {...rest} />;
}

interface ChoiceProps {
  field: FieldShape;
  value: unknown;
  control: FieldControl;
  onChange: (value: unknown) => void;
}

function Choice({ field, value, control, onChange }: ChoiceProps) {
  const current = value ?? field.initial;
  const options = field.options.map((option) => ({
    value: String(option),
    label: choiceLabel(option),
  }));
  const none =
    field.initial === undefined && !field.isRequired
      ? [{ value: UNSET, label: "Model decides" }]
      : [];
  return (
    <Select
      id={control.id}
      describedBy={control.describedBy}
      isInvalid={control.isInvalid}
      value={current === undefined || current === null ? UNSET : String(current)}
      groups={[{ options: [...none, ...options] }]}
      onChange={(next) => onChange(field.options.find((option) => String(option) === next))}
    />
  );
}

/** What holds while a field is empty. */
function hint({ initial, kind }: FieldShape): string {
  if (initial !== undefined && initial !== null) return String(initial);
  return kind === "number" || kind === "integer" ? "Model decides" : "";
}

interface TypedProps {
  field: FieldShape;
  control: FieldControl;
  text: string;
  onText: (text: string) => void;
}

function Typed({ field, control, text, onText }: TypedProps) {
  const shared = {
    id: control.id,
    "aria-describedby": control.describedBy,
    "aria-invalid": control.isInvalid || undefined,
    value: text,
    placeholder: hint(field),
  };
  if (field.kind === "long-text") {
    return <TextArea {...shared} rows={3} onChange={(event) => onText(event.target.value)} />;
  }
  const isNumber = field.kind !== "text";
  return (
    <Input
      {...shared}
      inputMode={isNumber ? "decimal" : undefined}
      className={cn(isNumber && "tabular-nums")}
      onChange={(event) => onText(event.target.value)}
      onKeyDown={(event) => {
        const step = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
        if (!isNumber || step === 0) return;
        event.preventDefault();
        const from = Number(text || field.initial || field.min || 0);
        const next = Math.min(field.max ?? Infinity, Math.max(field.min ?? -Infinity, from + step));
        onText(String(next));
      }}
    />
  );
}
