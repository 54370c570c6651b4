// Fields and values of edits in words for people.

const NAMES: Readonly<Record<string, string>> = {
  model_params: "Model settings",
  media: "Footage",
  retime: "Speed",
  fields: "Content",
  take: "Choice of take",
};

/** Such as "Prompt" or "Width". */
export function fieldName(field: string): string {
  const last = field.split(".").at(-1) ?? field;
  const words = NAMES[last] ?? last.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value of a field; parts of it one after the other. */
export function inWords(value: unknown): string {
  if (value === null || value === undefined || value === "") return "nothing";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(inWords).join(", ");
  if (typeof value !== "object") return String(value);
  const parts = Object.entries(value).filter(([, part]) => part !== null && part !== undefined);
  return parts.map(([name, part]) => `${name.replaceAll("_", " ")} ${inWords(part)}`).join(", ");
}
