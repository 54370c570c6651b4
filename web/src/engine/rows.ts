// Where the rows of a long list stand while only those in sight are drawn: sums of their heights, and
// looking things up in them. Pure.
import { indexAt } from "./clipLayout";

/** Top of each row in px, plus one entry more: the height of all. */
export function topsOf(count: number, heightOf: (index: number) => number): Float64Array {
  const tops = new Float64Array(count + 1);
  for (let index = 0; index < count; index++) {
    tops[index + 1] = (tops[index] ?? 0) + heightOf(index);
  }
  return tops;
}

/** Rows that are drawn before and after those in sight, and in what steps the rows drawn change. */
const BEYOND = 6;
const STEP = 2;

/** First and last row to draw while `height` px from `scrollTop` on are in sight; [0, -1] for none. */
export function rowsNear(
  tops: Float64Array,
  scrollTop: number,
  height: number,
): readonly [number, number] {
  const last = tops.length - 2;
  if (last < 0) return [0, -1];
  const from = Math.floor(indexAt(tops, scrollTop) / STEP) * STEP;
  const to = Math.ceil(indexAt(tops, scrollTop + height) / STEP) * STEP;
  return [Math.max(0, from - BEYOND), Math.min(last, to + BEYOND)];
}

/** Rows to draw in order: those near, and single ones wherever they are. */
export function rowsDrawn(
  [first, last]: readonly [number, number],
  kept: readonly number[],
): number[] {
  const near = Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
  const others = kept.filter((index) => index >= 0 && (index < first || index > last));
  return [...new Set([...near, ...others])].sort((a, b) => a - b);
}

/**
 * Place (0 is the first) that a row takes among all when its centre stands at `centre` px: after every
 * other row whose middle lies above.
 */
export function placeAt(tops: Float64Array, dragged: number, centre: number): number {
  const under = indexAt(tops, centre);
  const middle = ((tops[under] ?? 0) + (tops[under + 1] ?? 0)) / 2;
  const above = under + (centre > middle ? 1 : 0);
  return dragged < above ? above - 1 : above;
}
