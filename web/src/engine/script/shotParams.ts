// A shot's length within what a model can make. Pure.
import { fieldsOf } from "../paramForm";

type Schema = Record<string, unknown>;

/** The length nearest to `seconds` that the model makes, as its parameter; nothing where it knows no such parameter. */
export function lengthParams(parameters: Schema, seconds: number | null): { duration?: number } {
  const field = fieldsOf(parameters).find(({ name }) => name === "duration");
  if (field === undefined || seconds === null) return {};
  if (field.kind === "choice") {
    const offered = field.options.map(Number).filter(Number.isFinite);
    const [nearest] = offered.toSorted((a, b) => Math.abs(a - seconds) - Math.abs(b - seconds));
    return nearest === undefined ? {} : { duration: nearest };
  }
  const { min, max } = field;
  const within = Math.min(max ?? Number.POSITIVE_INFINITY, Math.max(min ?? 0, seconds));
  return { duration: field.kind === "integer" ? Math.round(within) : within };
}
