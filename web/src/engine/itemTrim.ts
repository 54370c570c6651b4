// What an item's fields become when one of its edges is dragged. Pure.
import { type ItemLike, numberIn, partIn } from "./items";

export interface ItemHome {
  /** Seconds that the item's home lasts: a segment, or the film. */
  seconds: number;
  /** When the item ends now, in seconds of its home. */
  end: number;
  /** Length of its sound file; null while it is not known, or where there is none. */
  file: number | null;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Fields after `edge` was dragged by `delta` seconds, at least `shortest` seconds long; null where
 * nothing changes. A sound's beginning takes its place in the file along, and neither edge goes beyond
 * the file. Captions have no edges.
 */
export function trimmedFields(
  item: ItemLike,
  edge: "start" | "end",
  delta: number,
  home: ItemHome,
  shortest: number,
): Fields | null {
  if (item.kind === "caption") return null;
  return edge === "start"
    ? startFields(item, delta, home, shortest)
    : endFields(item, delta, home, shortest);
}

function startFields(
  item: ItemLike,
  delta: number,
  home: ItemHome,
  shortest: number,
): Fields | null {
  const start = numberIn(item.fields, "start", 0);
  const isPlayed = item.kind === "audio" && item.fields.loop !== true;
  const begins = numberIn(partIn(item.fields, "trim"), "start", 0);
  const least = Math.max(0, isPlayed ? start - begins : 0);
  const next = tidy(Math.max(least, Math.min(home.end - shortest, start + delta)));
  if (next === start) return null;
  if (!isPlayed) return { start: next };
  const trim = { ...partIn(item.fields, "trim"), start: tidy(begins + next - start) };
  return { start: next, trim };
}

function endFields(item: ItemLike, delta: number, home: ItemHome, shortest: number): Fields | null {
  const start = numberIn(item.fields, "start", 0);
  const heard = item.kind === "audio" ? heardSeconds(item, home.file) : Number.POSITIVE_INFINITY;
  const most = Math.min(home.seconds, start + heard);
  const next = tidy(Math.max(start + shortest, Math.min(most, home.end + delta)));
  return next === tidy(home.end) ? null : { end: next };
}

/** Seconds of sound from where the item begins in its file. */
function heardSeconds(item: ItemLike, file: number | null): number {
  if (item.fields.loop === true || file === null) return Number.POSITIVE_INFINITY;
  const trim = partIn(item.fields, "trim");
  return Math.min(numberIn(trim, "end", file), file) - numberIn(trim, "start", 0);
}

const tidy = (seconds: number) => Number(seconds.toFixed(3));
