// Where something new goes on the film: between which clips, and at which moment. Pure.
import { insertionIndex, layoutClips } from "./clipLayout";
import type { FilmLayout } from "./filmLayout";

const NONE: ReadonlySet<number> = new Set();

/** The place (0..n) of the cut that is nearest to a moment of the film. */
export const nearestCut = (film: FilmLayout, time: number): number =>
  insertionIndex(layoutClips(film.cells, 1), NONE, time);

/** Seconds at which something of `seconds` begins, at `time` or as near to it as the film has room. */
export function startNear(time: number, seconds: number, total: number): number {
  const start = Math.max(0, Math.min(time, total - seconds));
  return Number(start.toFixed(2));
}
