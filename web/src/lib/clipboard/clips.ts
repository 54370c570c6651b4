// Segments, with what is tied to them, as text that can be carried between projects and tabs, and what
// putting that text down does to a document. Pure.
import type { Segment, SegmentCreate } from "@/api/types";
import { itemContentOf } from "@/engine/inverse";
import {
  type Change,
  type Fields,
  type ItemLike,
  type NewItem,
  type NewSegment,
  type Place,
  SEGMENT_FIELDS,
} from "@/engine/operations";
import { newId } from "../ids";
import { asMarked, readMarked } from "./marked";

const MARK = "video-foundry/segments";

/** Its id, where it is told, is that of the segment it was copied from. */
type CarriedSegment = SegmentCreate & { id?: string };

/** What is on the clipboard. Only `segments` is in every text: others may have written it. */
export interface Carried {
  segments: readonly CarriedSegment[];
  /** What is tied to them, from the lowest to the topmost. */
  items: readonly NewItem[];
  /** The project that they are from. */
  project: string | null;
  /** The operation that took them off the film, where they were cut. */
  deletion: string | null;
}

/** Where it is put down. */
interface Film {
  id: string;
  segments: readonly { id: string }[];
  items: readonly { id: string }[];
}

/** Segments of a project with those of its `items` that are tied to them. */
export function carriedOf(
  project: string,
  segments: readonly Segment[],
  items: readonly ItemLike[],
  deletion: string | null = null,
): Carried {
  const going = new Set<string | null>(segments.map(({ id }) => id));
  const tied = items.filter(({ segment }) => going.has(segment));
  return {
    project,
    deletion,
    segments: segments.map(bodyOf),
    items: tied.map((item) => ({ id: item.id, item: itemContentOf(item) })),
  };
}

/** The same as text; media in it must be known to the same installation. */
export const asText = (...what: Parameters<typeof carriedOf>): string =>
  asMarked(MARK, carriedOf(...what));

function bodyOf(segment: Segment): CarriedSegment {
  const { id, prompt, model_params, media, trim, transition, retime, framing, look, sound } =
    segment;
  const content = media === null ? { prompt, model_params } : { media };
  return { id, ...content, trim, transition, retime, framing, look, sound };
}

/** What a text holds that `asText` made; null for any other text. */
export function fromText(text: string): Carried | null {
  const read = readMarked(MARK, text);
  const { segments, items = [], project = null, deletion = null } = read ?? {};
  if (!Array.isArray(segments) || segments.length === 0 || !segments.every(isBody)) return null;
  if (!Array.isArray(items) || !items.every(isItem)) return null;
  return { segments, items, project: wordOr(project), deletion: wordOr(deletion) };
}

const wordOr = (value: unknown): string | null => (typeof value === "string" ? value : null);

const isBody = (value: unknown): value is CarriedSegment =>
  typeof value === "object" &&
  value !== null &&
  (typeof (value as SegmentCreate).prompt === "string" ||
    typeof (value as SegmentCreate).media === "string");

const isItem = (value: unknown): value is NewItem =>
  typeof value === "object" &&
  value !== null &&
  typeof (value as NewItem).id === "string" &&
  typeof (value as NewItem).item?.kind === "string";

/**
 * What puts it into a film, and the ids of the segments there. What was cut out of this film comes back
 * as it was, takes and pin and all; what is there already is copied, with its takes.
 */
export function arrival(
  carried: Carried,
  film: Film,
  place: Place,
): { changes: Change[]; ids: string[] } {
  const restores = carried.project === film.id ? carried.deletion : null;
  const there = new Set(film.segments.map(({ id }) => id));
  const segments = carried.segments.map((body): NewSegment => {
    const isThere = there.has(body.id ?? "");
    const comesBack = restores !== null && body.id !== undefined && !isThere;
    const id = comesBack ? (body.id as string) : newId();
    return { ...contentIn(body), id, ...(isThere && { copies: body.id }) };
  });
  const ids = segments.map(({ id }) => id);
  const names = new Map(carried.segments.map(({ id }, at) => [id, ids[at]]));
  const items = tiedTo(names, carried.items, new Set(film.items.map(({ id }) => id)));
  const above = film.items.at(-1)?.id ?? null;
  const changes: Change[] = [
    { type: "insert_segments", segments, ...(restores !== null && { restores }), ...place },
    ...(items.length > 0 ? [{ type: "insert_items", items, after: above } as const] : []),
  ];
  return { changes, ids };
}

/**
 * The items under their segments' new names. Those whose segment keeps its name keep theirs, unless they
 * are on the film: they were tied to another segment since, or to none.
 */
function tiedTo(
  names: ReadonlyMap<unknown, string | undefined>,
  items: readonly NewItem[],
  there: ReadonlySet<string>,
): NewItem[] {
  return items.flatMap(({ id, item }) => {
    const segment = names.get(item.segment);
    if (segment === undefined) return [];
    const isBack = segment === item.segment && !there.has(id);
    return [{ id: isBack ? id : newId(), item: { ...item, segment } }];
  });
}

const contentIn = (body: object): Fields =>
  Object.fromEntries(Object.entries(body).filter(([name]) => CONTENT.has(name)));

const CONTENT: ReadonlySet<string> = new Set(SEGMENT_FIELDS);
