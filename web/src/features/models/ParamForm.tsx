// The form for a model's parameters, made from its JSON Schema.
import type { ReactNode } from "react";
import type { FieldProblem } from "@/api/problem";
import type { Params } from "@/api/types";
import { type ParamField as FieldShape, fieldsOf, withParam } from "@/engine/paramForm";
import { Disclosure } from "@/ui/Disclosure";
import { FallbackModels } from "./FallbackModels";
import { type MediaControl, ParamField } from "./ParamField";

interface ParamFormProps {
  schema: Record<string, unknown>;
  params: Params;
  problems: readonly FieldProblem[];
  onChange: (params: Params) => void;
  /** Draws the control for a parameter that takes an uploaded file. */
  renderMedia: (control: MediaControl) => ReactNode;
  /** What stands beside the label of a parameter, such as a lock. */
  asideOf?: (name: string) => ReactNode;
}

/** A picture that is made for the shot is paid for: it is never folded away. */
const isMade = (value: unknown) => typeof value === "object" && value !== null;

export function ParamForm(props: ParamFormProps) {
  const { schema, params, problems, onChange, renderMedia } = props;
  const fields = fieldsOf(schema);
  const advanced = fields.filter((field) => field.isAdvanced);
  const problemOf = (name: string) =>
    problems.find((problem) => problem.field.endsWith(`.${name}`));
  const draw = (field: FieldShape) => (
    <ParamField
      key={field.name}
      field={field}
      value={params[field.name]}
      problem={problemOf(field.name)}
      onChange={(value) => onChange(withParam(params, field.name, value))}
      renderMedia={renderMedia}
      aside={props.asideOf?.(field.name)}
    />
  );
  return (
    <div className="flex flex-col gap-3">
      <div className="grid grid-cols-2 gap-x-3 gap-y-3">
        {fields.filter((field) => !field.isAdvanced).map(draw)}
      </div>
      {advanced.length > 0 && (
        <Disclosure
          title="Advanced"
          isOpen={advanced.some(({ name }) => problemOf(name) || isMade(params[name])) || undefined}
        >
          <div className="grid grid-cols-2 gap-x-3 gap-y-3">{advanced.map(draw)}</div>
        </Disclosure>
      )}
      <Disclosure title="Fallback models" isOpen={params.fallbacks !== undefined || undefined}>
        <FallbackModels params={params} onChange={onChange} />
      </Disclosure>
    </div>
  );
}
