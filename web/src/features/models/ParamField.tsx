// One parameter of a model as the control that fits its kind.
import { memo, type ReactNode, useState } from "react";
import type { FieldProblem } from "@/api/problem";
import { isFrameField } from "@/engine/neighbourFrames";
import { choiceLabel, type ParamField as FieldShape, parseInput, stepOf } from "@/engine/paramForm";
import { cn } from "@/lib/cn";
import { Field, type FieldControl, Input, TextArea } from "@/ui/Field";
import { NumberInput } from "@/ui/NumberInput";
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

/** What was typed and cannot be taken: it stays in the field with what is wrong. */
interface Refused {
  typed: string | number | null;
  error: string;
}

export const ParamField = memo(function ParamField(props: ParamFieldProps) {
  const { field, value, problem, renderMedia, aside } = props;
  const onChange = (next: unknown) => props.onChange(field.name, next);
  const [refused, setRefused] = useState<Refused | null>(null);
  const take = (typed: Refused["typed"]) => {
    const parsed = parseInput(field, String(typed ?? ""));
    if ("error" in parsed) return setRefused({ typed, error: parsed.error });
    setRefused(null);
    onChange(parsed.value);
  };
  const shown = refused === null ? value : refused.typed;
  const isWide = field.kind === "media" || field.kind === "long-text";
  return (
    <Field
      label={field.label}
      help={field.help}
      isQuiet
      aside={aside}
      error={refused?.error ?? problem?.message}
      fix={refused ? null : problem?.fix}
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
          case "integer":
          case "number":
            return (
              <NumberInput
                id={control.id}
                describedBy={control.describedBy}
                isInvalid={control.isInvalid}
                size="md"
                value={numberIn(shown)}
                placeholder={hint(field)}
                step={stepOf(field)}
                min={field.min ?? undefined}
                max={field.max ?? undefined}
                onChange={take}
                onRefused={(text) => (text === null ? setRefused(null) : take(text))}
                isExact
              />
            );
          default:
            return <Words field={field} control={control} value={shown} onChange={take} />;
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

function numberIn(value: unknown): number | null {
  const number = Number(value ?? Number.NaN);
  return Number.isNaN(number) ? null : number;
}

interface WordsProps {
  field: FieldShape;
  control: FieldControl;
  value: unknown;
  onChange: (text: string) => void;
}

function Words({ field, control, value, onChange }: WordsProps) {
  const shared = {
    id: control.id,
    "aria-describedby": control.describedBy,
    "aria-invalid": control.isInvalid || undefined,
    value: String(value ?? ""),
    placeholder: hint(field),
  };
  return field.kind === "long-text" ? (
    <TextArea {...shared} rows={3} onChange={(event) => onChange(event.target.value)} />
  ) : (
    <Input {...shared} onChange={(event) => onChange(event.target.value)} />
  );
}
