// Where clips stand on the strip: prefix sums of widths, and looking things up in them. Pure.

export interface ClipLayout {
  /** Left edge of each clip in px, plus one entry more: the total width. */
  readonly left: Float64Array;
  /** Start of each clip in seconds, plus one entry more: the total length. */
  readonly start: Float64Array;
}

/** Lays clips of `seconds` side by side; a clip is never narrower than `minWidth` px. */
export function layoutClips(
  seconds: readonly number[],
  pxPerSecond: number,
  minWidth: number,
): ClipLayout {
  const left = new Float64Array(seconds.length + 1);
  const start = new Float64Array(seconds.length + 1);
  seconds.forEach((length, index) => {
    left[index + 1] = (left[index] ?? 0) + Math.max(minWidth, length * pxPerSecond);
    start[index + 1] = (start[index] ?? 0) + length;
  });
  return { left, start };
}

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

/** First and last clip that touch the window of `width` px at `scrollLeft`, with `margin` px around. */
export function visibleRange(
  layout: ClipLayout,
  scrollLeft: number,
  width: number,
  margin = 400,
): readonly [number, number] {
  if (layout.left.length < 2) return [0, -1];
  return [
    indexAt(layout.left, scrollLeft - margin),
    indexAt(layout.left, scrollLeft + width + margin),
  ];
}

/** Px on the strip of a moment in seconds. Widened clips stretch time, so this is piecewise linear. */
export function timeToX(layout: ClipLayout, time: number): number {
  return between(layout.start, layout.left, time);
}

/** The moment in seconds of a px on the strip. */
export function xToTime(layout: ClipLayout, x: number): number {
  return between(layout.left, layout.start, x);
}

function between(from: Float64Array, to: Float64Array, value: number): number {
  if (from.length < 2) return 0;
  const index = indexAt(from, value);
  const a = from[index] ?? 0;
  const span = (from[index + 1] ?? 0) - a;
  const share = span > 0 ? Math.max(0, Math.min(1, (value - a) / span)) : 0;
  const low = to[index] ?? 0;
  return low + share * ((to[index + 1] ?? 0) - low);
}

/** Place (0..n) at which a clip dropped with its centre at `x` would be inserted among the others. */
export function insertionIndex(layout: ClipLayout, dragged: number, x: number): number {
  let place = 0;
  for (let index = 0; index < layout.left.length - 1; index++) {
    if (index === dragged) continue;
    const centre = ((layout.left[index] ?? 0) + (layout.left[index + 1] ?? 0)) / 2;
    if (x > centre) place += 1;
  }
  return place;
}
