// What a take says beside what its segment asks for now, which one comes next, and the cut as it would
// be with it. Pure.
import { humanise } from "./paramForm";

type Params = Readonly<Record<string, unknown>>;

export interface TakeLike {
  id: string;
  number: number;
  model: string;
  prompt: string;
  params: Params;
  variation: number;
  /** Whether its seed was locked when it was asked for. */
  keeps_seed: boolean;
  asset_url: string | null;
  duration_seconds: number | null;
}

/** Pictures that a clip is made from are takes too, but nothing that can be put into the cut. */
export const isClip = ({ makes }: { makes: string }): boolean => makes !== "image";

export interface AskingLike {
  prompt: string;
  model_params: Params;
}

/** One thing that differs; null stands for nothing at all. */
export interface Difference {
  label: string;
  take: string | null;
  now: string | null;
}

/** Parameters that are files or concern other models: takes do not carry them. */
const isOwn = (value: unknown): boolean => typeof value !== "object" || value === null;

/**
 * Where a take and the segment differ. A parameter that the segment leaves open counts as its model's
 * `defaults` say; `media` names parameters that hold files, which cannot be compared.
 */
export function differences(
  take: TakeLike,
  { prompt, model_params }: AskingLike,
  defaults: Params,
  media: ReadonlySet<string>,
): Difference[] {
  const { model, fallbacks: _others, ...asked } = model_params;
  const now: Params = { ...defaults, ...asked };
  const names = [...new Set([...Object.keys(take.params), ...Object.keys(now)])];
  return [
    differing("Prompt", take.prompt, prompt),
    differing("Model", take.model, model),
    ...names
      .filter((name) => !media.has(name) && isOwn(now[name]))
      .map((name) => differing(humanise(name), take.params[name], now[name])),
  ].filter((one) => one !== null);
}

function differing(label: string, take: unknown, now: unknown): Difference | null {
  const [first, second] = [said(take), said(now)];
  return first === second ? null : { label, take: first, now: second };
}

const said = (value: unknown): string | null =>
  value === undefined || value === null || value === "" ? null : String(value).trim();

/** What a segment has to say to ask for a take once more; files and fallback models stay its own. */
export function settingsOf(
  take: TakeLike,
  { model_params }: AskingLike,
  media: ReadonlySet<string>,
): { prompt: string; model_params: Params } {
  const kept = Object.entries(model_params).filter(
    ([name]) => name === "fallbacks" || (take.model === model_params.model && media.has(name)),
  );
  const said = Object.entries(take.params).filter(([, value]) => value !== null);
  return {
    prompt: take.prompt,
    model_params: { ...Object.fromEntries(kept), ...Object.fromEntries(said), model: take.model },
  };
}

/** The server counts seeds round at this. */
const SEEDS = 4_294_967_296;

/**
 * The seed that a take was made with: that of its settings, moved on by its variation unless it was
 * locked. Null for none.
 */
export function seedOf({ params, variation, keeps_seed }: TakeLike): number | null {
  const { seed } = params;
  return typeof seed === "number" ? (seed + (keeps_seed ? 0 : variation)) % SEEDS : null;
}

/** The take beside the one that is looked at, in the order of their numbers; none beyond the ends. */
export function takeBeside<T extends TakeLike>(
  takes: readonly T[],
  lookedAt: string | null,
  step: 1 | -1,
): T | null {
  const ordered = takes.toSorted((one, other) => one.number - other.number);
  const at = ordered.findIndex(({ id }) => id === lookedAt);
  if (at < 0) return (step > 0 ? ordered[0] : ordered.at(-1)) ?? null;
  return ordered[at + step] ?? null;
}

interface CutLike {
  take_id: string | null;
  chosen_take_id: string | null;
  pinned: boolean;
}

/** Takes that say of themselves what the segment says of them now, also before the server has told. */
export const asInCut = <T extends TakeLike>(
  takes: readonly T[],
  { take_id, chosen_take_id, pinned }: CutLike,
): T[] =>
  takes.map((take) => ({
    ...take,
    is_current: take.id === take_id,
    is_pinned: pinned && take.id === chosen_take_id,
  }));

interface ShownLike {
  id: string;
  asset_url: string | null;
  duration_seconds: number | null;
  is_changed: boolean;
}

/**
 * The segments with another take's picture in place of one's own. Everything stays where it stands on
 * the film: the length is that of the cut, only what is seen is the take's.
 */
export const withTake = <S extends ShownLike>(
  segments: readonly S[],
  segmentId: string,
  { asset_url }: TakeLike,
): S[] =>
  segments.map((segment) => (segment.id === segmentId ? { ...segment, asset_url } : segment));
