// A new segment that leads from one clip to the next: which model can make it, what it is asked for, and
// why there can be none. Pure.
import { noClip } from "./neighbourFrames";
import { carryOver, fieldsOf } from "./paramForm";

type Schema = Record<string, unknown>;
type Params = Readonly<Record<string, unknown>>;

export interface BridgeModel {
  id: string;
  title: string;
  aliases: readonly string[];
  makes: string;
  is_available: boolean;
  unavailable_reason: string | null;
  retired_reason: string | null;
  /** JSON Schema. */
  parameters: Schema;
}

export interface ShownLike {
  id: string;
  prompt: string;
  media: string | null;
  model_params: Params;
  asset_url: string | null;
}

const ENDS = ["first_frame", "last_frame"];

/** Whether it takes a first and a last frame, and needs nothing else but words. */
function takesBoth({ makes, retired_reason, parameters }: BridgeModel): boolean {
  const media = fieldsOf(parameters).filter(({ kind }) => kind === "media");
  const required = (parameters.required ?? []) as string[];
  return (
    makes === "video" &&
    retired_reason === null &&
    ENDS.every((end) => media.some(({ name }) => name === end)) &&
    required.every((name) => ENDS.includes(name))
  );
}

/** The models of the two segments come first, then the catalogue in its order. */
export function bridgeModel<M extends BridgeModel>(
  models: readonly M[],
  sides: readonly ShownLike[],
): M | undefined {
  const usable = models.filter((model) => model.is_available && takesBoth(model));
  const own = sides.map(({ model_params }) =>
    usable.find(({ id, aliases }) => [id, ...aliases].some((name) => name === model_params.model)),
  );
  return own.find((model) => model !== undefined) ?? usable[0];
}

/** What keeps the first of the models that would do from being used; null where none would do. */
export function almostBridging(models: readonly BridgeModel[]): string | null {
  const model = models.find(takesBoth);
  return model
    ? `${model.title} takes both: ${model.unavailable_reason ?? "not usable now"}`
    : null;
}

/** Why nothing can lead out of the segment `id` into the next one; null where something can. */
export function whyNoBridge(segments: readonly ShownLike[], id: string): string | null {
  const at = segments.findIndex((one) => one.id === id);
  const [before, after] = [segments[at], segments[at + 1]];
  if (before === undefined || after === undefined) {
    return "This is the last segment: there is none to lead into.";
  }
  if (before.asset_url === null) return noClip(at + 1);
  return after.asset_url === null ? noClip(at + 2) : null;
}

// --- the words ---

const OPENING = "One continuous shot without a cut:";
/** Characters of each prompt that are taken over; models read short prompts best. */
const MOST = 240;

/**
 * Where it begins and where it ends up, in the words of both prompts; what both say, such as the style,
 * is said once, at the end.
 */
export function bridgePrompt(before: string, after: string): string {
  const [one, other] = [partsOf(before), partsOf(after)];
  const shared = one.filter((part) => holds(other, part));
  const start = joined(one.filter((part) => !holds(shared, part)));
  const end = joined(other.filter((part) => !holds(shared, part)));
  const style = shared.length > 0 ? ` ${capital(joined(shared))}.` : "";
  return `${OPENING} ${course(start, end)}.${style}`;
}

function course(start: string, end: string): string {
  if (start && end) return `it begins with ${start}; the camera moves on and arrives at ${end}`;
  if (end) return `the camera moves on from the first picture and arrives at ${end}`;
  if (start) return `it begins with ${start}, and the camera moves on to the last picture`;
  return "the camera moves on from the first picture to the last";
}

const partsOf = (prompt: string): string[] =>
  prompt
    .split(/[,;\n]|[.!?](?=\s|$)/)
    .map((part) => part.trim())
    .filter(Boolean);

const holds = (parts: readonly string[], part: string): boolean =>
  parts.some((other) => other.toLowerCase() === part.toLowerCase());

/** The first of the parts, as many as there is room for; articles begin small within a sentence. */
function joined(parts: readonly string[]): string {
  let text = "";
  for (const part of parts) {
    const longer = text ? `${text}, ${part}` : part;
    if (text && longer.length > MOST) break;
    text = longer;
  }
  return text
    .slice(0, MOST)
    .trim()
    .replace(/^(An?|The)\b/, (article) => article.toLowerCase());
}

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

/** What the model is asked for beside the two frames: as for the segment `like`, but nothing of it that
 * belongs to that shot alone. */
export function bridgeParams(
  model: BridgeModel,
  like: ShownLike | undefined,
): Record<string, unknown> {
  const params = carryOver(like?.model_params ?? {}, model.id, model.parameters);
  const own = new Set(["seed", "fallbacks"]);
  for (const { kind, name } of fieldsOf(model.parameters)) if (kind === "media") own.add(name);
  return Object.fromEntries(Object.entries(params).filter(([name]) => !own.has(name)));
}
