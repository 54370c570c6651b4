// Where clips stand on the strip: prefix sums of their lengths on a linear scale of time, and looking
// things up in them. Pure.

export interface ClipLayout {
  /** Start of each clip in seconds of the film, plus one entry more: the total length. */
  readonly start: Float64Array;
  readonly pxPerSecond: number;
}

/** Starts of clips that stand end to end, plus the total; `cells` in seconds. */
export function edgesOf(cells: readonly number[]): Float64Array {
  const start = new Float64Array(cells.length + 1);
  cells.forEach((seconds, index) => {
    start[index + 1] = (start[index] ?? 0) + seconds;
  });
  return start;
}

export const layoutClips = (cells: readonly number[], pxPerSecond: number): ClipLayout => ({
  start: edgesOf(cells),
  pxPerSecond,
});

export const countOf = ({ start }: ClipLayout): number => start.length - 1;

/** Left edge of clip `index` in px; of the index after the last one, the end of the film. */
export const leftOf = ({ start, pxPerSecond }: ClipLayout, index: number): number =>
  (start[index] ?? 0) * pxPerSecond;

export const widthOf = (layout: ClipLayout, index: number): number =>
  leftOf(layout, index + 1) - leftOf(layout, index);

/** Px of the whole film. */
export const totalWidth = (layout: ClipLayout): number => leftOf(layout, countOf(layout));

/** Px on the strip of a moment in seconds, kept within the film. */
export const timeToX = ({ start, pxPerSecond }: ClipLayout, time: number): number =>
  Math.max(0, Math.min(start.at(-1) ?? 0, time)) * pxPerSecond;

/** The moment in seconds of a px on the strip, kept within the film. */
export const xToTime = ({ start, pxPerSecond }: ClipLayout, x: number): number =>
  Math.max(0, Math.min(start.at(-1) ?? 0, x / pxPerSecond));

/** Index of the clip that covers `value` in a list of edges; clamped to the first and last. */
export function indexAt(edges: Float64Array, value: number): number {
  let low = 0;
  let high = edges.length - 2;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((edges[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}

/** Index of the clip under px `x`; clamped to the first and last. */
export const clipAt = ({ start, pxPerSecond }: ClipLayout, x: number): number =>
  indexAt(start, x / pxPerSecond);

/** First and last clip that touch the px from `from` to `to`; [0, -1] where there are none. */
export function clipsBetween(
  layout: ClipLayout,
  from: number,
  to: number,
): readonly [number, number] {
  if (countOf(layout) < 1) return [0, -1];
  return [clipAt(layout, Math.min(from, to)), clipAt(layout, Math.max(from, to))];
}

/**
 * Place (0..n) at which clips dropped at `x` would stand among the others: before the first of the
 * others whose middle lies beyond it. `dragged`: their indexes.
 */
export function insertionIndex(
  layout: ClipLayout,
  dragged: ReadonlySet<number>,
  x: number,
): number {
  if (countOf(layout) < 1) return 0;
  const under = clipAt(layout, x);
  const isPast = x > leftOf(layout, under) + widthOf(layout, under) / 2;
  const edge = under + (isPast ? 1 : 0);
  let before = 0;
  for (const index of dragged) if (index < edge) before += 1;
  return edge - before;
}

/** Px of the gap into which a drop at place `place` among the others would go. */
export function gapAt(layout: ClipLayout, dragged: ReadonlySet<number>, place: number): number {
  let others = 0;
  for (let index = 0; index < countOf(layout); index++) {
    if (dragged.has(index)) continue;
    if (others === place) return leftOf(layout, index);
    others += 1;
  }
  return totalWidth(layout);
}
