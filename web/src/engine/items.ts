// What lies beside the segments: what an item is called, when it is on the film, and on which lane.
// Pure.
import { cuesIn } from "./cues";
import type { FilmLayout } from "./filmLayout";

export type ItemKind = "text" | "caption" | "image" | "audio";

export interface ItemLike {
  id: string;
  kind: ItemKind;
  segment: string | null;
  media: string | null;
  fields: Readonly<Record<string, unknown>>;
}

/** A change of an item: only what is named changes; `fields` one by one, and those of `unset` are then as if never given. */
export interface ItemChange {
  media?: string;
  segment?: string | null;
  fields?: Readonly<Record<string, unknown>>;
  unset?: readonly string[];
}

/** What the kinds are called, in the order in which they lie on the film: what is later lies on top. */
export const KINDS: readonly { kind: ItemKind; one: string; many: string }[] = [
  { kind: "text", one: "Text", many: "Texts" },
  { kind: "caption", one: "Captions", many: "Captions" },
  { kind: "image", one: "Image", many: "Images" },
  { kind: "audio", one: "Sound", many: "Sound" },
];

/** Both changes together; the later one wins. */
export function bothChanges(first: ItemChange | undefined, then: ItemChange): ItemChange {
  if (first === undefined) return then;
  const fields = first.fields || then.fields ? { fields: { ...first.fields, ...then.fields } } : {};
  return { ...first, ...then, ...fields };
}

/** A number among the fields; `usual` where there is none. */
export function numberIn(fields: ItemLike["fields"], name: string, usual: number): number {
  const value = fields[name];
  return typeof value === "number" ? value : usual;
}

/** Words among the fields. A text of digits alone comes back from the server as a number. */
export function wordsIn(fields: ItemLike["fields"], name: string): string {
  const value = fields[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** An object among the fields, empty where there is none. */
export function partIn(fields: ItemLike["fields"], name: string): Record<string, unknown> {
  const value = fields[name];
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** What an item is called in lists; `file`: the name of its file, where it has one. */
export function itemName(item: ItemLike, file: string | undefined): string {
  if (item.kind === "text") {
    return wordsIn(item.fields, "text").split("\n").join(" · ") || "Empty text";
  }
  if (item.kind === "caption") {
    const count = cuesIn(wordsIn(item.fields, "captions")).length;
    return count === 1 ? "1 caption" : `${count} captions`;
  }
  return file ?? (item.kind === "image" ? "Image" : "Sound");
}

export interface Span {
  /** Seconds of the film. */
  start: number;
  end: number;
}

/** The place of each segment in the film, by its id. */
export type Places = ReadonlyMap<string, number>;

export const placesOf = (segments: readonly { id: string }[]): Places =>
  new Map(segments.map(({ id }, index) => [id, index]));

/** Where the time of an item's `start` and `end` begins on the film, and how long it can be at most. */
export function homeOf(
  segment: string | null,
  film: FilmLayout,
  places: Places,
): { start: number; seconds: number } {
  const index = segment === null ? undefined : places.get(segment);
  if (index === undefined) return { start: 0, seconds: film.total };
  return { start: film.start[index] ?? 0, seconds: film.seconds[index] ?? 0 };
}

/** When an item is on the film. `fileSeconds`: length of its sound file, null while it is not known. */
export function spanOf(
  item: ItemLike,
  film: FilmLayout,
  places: Places,
  fileSeconds: number | null,
): Span {
  if (item.kind === "caption") return captionSpan(item, film);
  const home = homeOf(item.segment, film, places);
  const start = numberIn(item.fields, "start", 0);
  // Pictures leave with their segment; a sound goes on to its own end.
  const last = item.kind === "audio" ? film.total - home.start : home.seconds;
  const lasts = item.kind === "audio" ? start + heardSeconds(item.fields, fileSeconds) : last;
  const end = Math.min(numberIn(item.fields, "end", lasts), last);
  return { start: home.start + start, end: home.start + Math.max(start, end) };
}

function heardSeconds(fields: ItemLike["fields"], fileSeconds: number | null): number {
  if (fields.loop === true || fileSeconds === null) return Number.POSITIVE_INFINITY;
  const trim = partIn(fields, "trim");
  return Math.min(numberIn(trim, "end", fileSeconds), fileSeconds) - numberIn(trim, "start", 0);
}

function captionSpan(item: ItemLike, film: FilmLayout): Span {
  const cues = cuesIn(wordsIn(item.fields, "captions"));
  const start = Math.min(film.total, ...cues.map((cue) => cue.start));
  return { start, end: Math.min(film.total, Math.max(start, ...cues.map((cue) => cue.end))) };
}

/** The row that each span takes so that none lies on another: the first that is free, from 0. */
export function packRows(spans: readonly Span[]): number[] {
  const ends: number[] = [];
  const order = spans.map((_, index) => index);
  order.sort((a, b) => (spans[a]?.start ?? 0) - (spans[b]?.start ?? 0) || a - b);
  const rows = spans.map(() => 0);
  for (const index of order) {
    const { start, end } = spans[index] as Span;
    const free = ends.findIndex((taken) => taken <= start + 1e-6);
    const row = free < 0 ? ends.length : free;
    ends[row] = end;
    rows[index] = row;
  }
  return rows;
}

/** `ids` of all items with `id` moved past its next one of the same kind, earlier (-1) or later (1). */
export function movePast(items: readonly ItemLike[], id: string, delta: -1 | 1): string[] {
  const ids = items.map((item) => item.id);
  const at = ids.indexOf(id);
  for (let other = at + delta; at >= 0 && other >= 0 && other < items.length; other += delta) {
    if (items[other]?.kind !== items[at]?.kind) continue;
    [ids[at], ids[other]] = [ids[other] as string, ids[at] as string];
    break;
  }
  return ids;
}

/** Fields that put an item `delta` seconds later, as far as its home allows; none where it cannot move. */
export function movedFields(
  item: ItemLike,
  delta: number,
  homeSeconds: number,
): Readonly<Record<string, number>> | null {
  if (item.kind === "caption") return null;
  const start = numberIn(item.fields, "start", 0);
  const latest = Math.max(0, homeSeconds - SHORTEST_ITEM);
  const next = tidy(Math.max(0, Math.min(latest, start + delta)));
  if (next === start) return null;
  const { end } = item.fields;
  return typeof end === "number" ? { start: next, end: tidy(end + next - start) } : { start: next };
}

/** Seconds of an item that stay on the film however late it is moved. */
const SHORTEST_ITEM = 0.1;

const tidy = (seconds: number) => Number(seconds.toFixed(3));
