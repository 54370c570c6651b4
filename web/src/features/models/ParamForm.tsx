// The form for a model's parameters, made from its JSON Schema.
import { type ReactNode, useCallback, useLayoutEffect, useRef } from "react";
import type { FieldProblem } from "@/api/problem";
import type { Params } from "@/api/types";
import { type ParamField as FieldShape, fieldsOf, withParam } from "@/engine/paramForm";
import { Disclosure } from "@/ui/Disclosure";
import { FallbackModels } from "./FallbackModels";
import { type MediaControl, ParamField } from "./ParamField";

interface ParamFormProps {
  /** Id of the segment that has these parameters: where it changes, what was half typed is gone. */
  owner: string;
  schema: Record<string, unknown>;
  params: Params;
  problems: readonly FieldProblem[];
  /** `part`: the parameter that is being typed; null for what is chosen at once. */
  onChange: (params: Params, part: string | null) => void;
  /** Draws the control for a parameter that takes an uploaded file. */
  renderMedia: (control: MediaControl) => ReactNode;
  /** What stands beside the label of a parameter, such as a lock. */
  asideOf?: (name: string) => ReactNode;
}

/** A picture that is made for the shot is paid for: it is never folded away. */
const isMade = (value: unknown) => typeof value === "object" && value !== null;

/** Fields in which something can be under way: typed, or uploaded. */
const holdsDraft = ({ kind }: FieldShape) => kind !== "choice" && kind !== "switch";

export function ParamForm(props: ParamFormProps) {
  const { owner, schema, params, problems, onChange, renderMedia } = props;
  const fields = fieldsOf(schema);
  const { type, choose } = useSetters(props);
  const advanced = fields.filter((field) => field.isAdvanced);
  const problemOf = (name: string) =>
    problems.find((problem) => problem.field.endsWith(`.${name}`));
  const draw = (field: FieldShape) => (
    <ParamField
      key={holdsDraft(field) ? `${owner} ${field.name}` : field.name}
      owner={owner}
      field={field}
      value={params[field.name]}
      problem={problemOf(field.name)}
      onChange={holdsDraft(field) ? type : choose}
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
        <FallbackModels params={params} onChange={(next) => onChange(next, null)} />
      </Disclosure>
    </div>
  );
}

type Set = (name: string, value: unknown) => void;

/** They change one parameter of what is on the screen, and stay the same, so that fields may stay. */
function useSetters(props: ParamFormProps): { type: Set; choose: Set } {
  const shown = useRef(props);
  useLayoutEffect(() => {
    shown.current = props;
  });
  const type: Set = useCallback((name, value) => {
    const { params, onChange } = shown.current;
    onChange(withParam(params, name, value), name);
  }, []);
  const choose: Set = useCallback((name, value) => {
    const { params, onChange } = shown.current;
    onChange(withParam(params, name, value), null);
  }, []);
  return { type, choose };
}
