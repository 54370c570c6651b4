// What else an account can say, drawn from what its provider takes; what is left empty is decided elsewhere.
import type { ReactNode } from "react";
import type { ApiProblem } from "@/api/problem";
import { fieldsOf, type ParamField } from "@/engine/paramForm";
import { Disclosure } from "@/ui/Disclosure";
import { Field, type FieldControl, Input } from "@/ui/Field";
import { Select } from "@/ui/Select";

export type Settings = Readonly<Record<string, string>>;

interface SettingFieldsProps {
  /** JSON Schema of the settings. */
  schema: Record<string, unknown>;
  values: Settings;
  problem: ApiProblem | null;
  onChange: (values: Settings) => void;
  /** The fields of the address itself, which stand with the other addresses. */
  address: ReactNode;
  isAddressOpen: boolean;
}

export function SettingFields(props: SettingFieldsProps) {
  const { schema, values, problem, onChange } = props;
  const fields = fieldsOf(schema);
  const advanced = fields.filter(({ isAdvanced }) => isAdvanced);
  const problemOf = (name: string) =>
    problem?.fields.find(({ field }) => field === `settings.${name}`);
  const draw = (field: ParamField) => (
    <Field
      key={field.name}
      label={field.label}
      help={field.help}
      error={problemOf(field.name)?.message}
      fix={problemOf(field.name)?.fix}
    >
      {(control) => (
        <Setting
          field={field}
          control={control}
          value={values[field.name] ?? ""}
          onChange={(value) => onChange({ ...values, [field.name]: value })}
        />
      )}
    </Field>
  );
  return (
    <>
      {fields.filter(({ isAdvanced }) => !isAdvanced).map(draw)}
      <Disclosure
        title={advanced.length > 0 ? "Other servers" : "Another server"}
        isOpen={
          props.isAddressOpen ||
          advanced.some(({ name }) => values[name] || problemOf(name)) ||
          undefined
        }
      >
        <div className="flex flex-col gap-4">
          {props.address}
          {advanced.map(draw)}
        </div>
      </Disclosure>
    </>
  );
}

interface SettingProps {
  field: ParamField;
  control: FieldControl;
  value: string;
  onChange: (value: string) => void;
}

const UNSET = "\u0000unset";

function Setting({ field, control, value, onChange }: SettingProps) {
  const usual = typeof field.initial === "string" ? field.initial : "";
  if (field.kind !== "choice") {
    return (
      <Input
        id={control.id}
        aria-describedby={control.describedBy}
        aria-invalid={control.isInvalid || undefined}
        autoComplete="off"
        spellCheck={false}
        maxLength={1000}
        placeholder={usual}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  }
  const unset = { value: UNSET, label: usual ? `As usual: ${usual}` : "As usual" };
  const options = field.options.map((one) => ({ value: String(one), label: String(one) }));
  return (
    <Select
      id={control.id}
      describedBy={control.describedBy}
      isInvalid={control.isInvalid}
      value={value || UNSET}
      groups={[{ options: [unset, ...options] }]}
      onChange={(next) => onChange(next === UNSET ? "" : next)}
    />
  );
}
