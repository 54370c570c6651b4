// A model's parameters (JSON Schema) as form fields: which there are, and what a person's input means. Pure.

export interface ParamField {
  name: string;
  kind: "number" | "integer" | "text" | "long-text" | "switch" | "choice" | "media";
  label: string;
  help: string | null;
  initial: unknown;
  min: number | null;
  max: number | null;
  maxLength: number | null;
  options: readonly (string | number)[];
  isRequired: boolean;
  isAdvanced: boolean;
}

type Schema = Record<string, unknown>;

const known = new WeakMap<Schema, readonly ParamField[]>();

/**
 * Fields in the order of the schema; properties of a kind that a form cannot hold are left out. The same
 * schema gives the same fields.
 */
export function fieldsOf(parameters: Schema): readonly ParamField[] {
  const fields = known.get(parameters) ?? describeAll(parameters);
  known.set(parameters, fields);
  return fields;
}

function describeAll(parameters: Schema): ParamField[] {
  const properties = (parameters.properties ?? {}) as Record<string, Schema>;
  const required = (parameters.required ?? []) as string[];
  return Object.entries(properties).flatMap(([name, schema]) => {
    const kind = kindOf(schema);
    return kind === null ? [] : [describe(name, schema, kind, required.includes(name))];
  });
}

function describe(
  name: string,
  schema: Schema,
  kind: ParamField["kind"],
  isRequired: boolean,
): ParamField {
  return {
    name,
    kind,
    label: typeof schema.title === "string" ? schema.title : humanise(name),
    help: typeof schema.description === "string" ? schema.description : null,
    initial: schema.default,
    min: numberOr(schema.minimum),
    max: numberOr(schema.maximum),
    maxLength: numberOr(schema.maxLength),
    options: choicesOf(schema),
    isRequired,
    isAdvanced: schema["x-group"] === "advanced",
  };
}

function kindOf(schema: Schema): ParamField["kind"] | null {
  if (schema.format === "media") return "media";
  if (choicesOf(schema).length > 0) return "choice";
  const types = [schema.type].flat().filter((type) => type !== "null");
  switch (types[0]) {
    case "number":
      return "number";
    case "integer":
      return "integer";
    case "boolean":
      return "switch";
    case "string":
      return Number(schema.maxLength ?? 0) > 200 ? "long-text" : "text";
    default:
      return null;
  }
}

function choicesOf(schema: Schema): (string | number)[] {
  const values = Array.isArray(schema.enum) ? schema.enum : [];
  return values.filter((value) => typeof value === "string" || typeof value === "number");
}

function numberOr(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}

/** "aspect_ratio" -> "Aspect ratio". */
export function humanise(name: string): string {
  const words = name.replaceAll("_", " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** How a choice reads: plain words get a capital, anything else ("16:9", "1080p") stays as it is. */
export function choiceLabel(value: string | number): string {
  return /^[a-z][a-z_ -]*$/.test(String(value)) ? humanise(String(value)) : String(value);
}

/** By how much the arrow keys change a number: finely where its whole range is small. */
export function stepOf({ kind, min, max }: ParamField): number {
  if (kind === "integer") return 1;
  return min !== null && max !== null && max - min <= 1 ? 0.01 : 0.1;
}

export type Parsed = { value: unknown } | { error: string };

/** What typed text means for a field; an empty text means "not set" unless the field is required. */
export function parseInput(field: ParamField, text: string): Parsed {
  const trimmed = text.trim();
  if (trimmed === "") {
    return field.isRequired ? { error: `${field.label} is needed` } : { value: undefined };
  }
  if (field.kind === "number" || field.kind === "integer") return parseNumber(field, trimmed);
  if (field.maxLength !== null && text.length > field.maxLength) {
    return { error: `At most ${field.maxLength} characters` };
  }
  return { value: text };
}

function parseNumber(field: ParamField, text: string): Parsed {
  const value = Number(text.replace(",", "."));
  if (!Number.isFinite(value)) return { error: "Give a number" };
  if (field.kind === "integer" && !Number.isInteger(value)) return { error: "Give a whole number" };
  const { min, max } = field;
  if ((min !== null && value < min) || (max !== null && value > max))
    return { error: limits(min, max) };
  return { value };
}

function limits(min: number | null, max: number | null): string {
  if (min !== null && max !== null) return `Give a value from ${min} to ${max}`;
  return min !== null ? `Give ${min} or more` : `Give ${max} or less`;
}

/** Parameters with `name` set, or taken away when `value` is undefined. */
export function withParam(
  params: Record<string, unknown>,
  name: string,
  value: unknown,
): Record<string, unknown> {
  const { [name]: _old, ...rest } = params;
  return value === undefined ? rest : { ...rest, [name]: value };
}

/** Parameters for another model: those that it has too and would accept stay, the rest goes. */
export function carryOver(
  params: Record<string, unknown>,
  model: string,
  parameters: Schema,
): Record<string, unknown> {
  const next: Record<string, unknown> = { model };
  if (params.fallbacks !== undefined) next.fallbacks = params.fallbacks;
  for (const field of fieldsOf(parameters)) {
    const value = params[field.name];
    if (value !== undefined && accepts(field, value)) next[field.name] = value;
  }
  return next;
}

const isObject = (value: unknown) => typeof value === "object" && value !== null;

function accepts(field: ParamField, value: unknown): boolean {
  if (field.kind === "choice") return field.options.includes(value as string | number);
  if (field.kind === "switch") return typeof value === "boolean";
  // A file's id, or what a model is to make.
  if (field.kind === "media") return typeof value === "string" || isObject(value);
  if (typeof value !== "string" && typeof value !== "number") return false;
  const parsed = parseInput(field, String(value));
  const wanted = field.kind === "number" || field.kind === "integer" ? "number" : "string";
  return "value" in parsed && typeof value === wanted;
}
