// How loud a sound is at each px: from the server's peaks to columns of a drawing. Pure.

export interface LevelLike {
  points_per_second: number;
  points: number;
  offset: number;
}

/** What the server has measured of one sound. */
export interface Loudness {
  file: ArrayBuffer;
  levels: readonly LevelLike[];
}

/** Seconds that were measured. */
export function secondsOf({ levels }: Loudness): number {
  const [level] = levels;
  return level === undefined ? 0 : level.points / level.points_per_second;
}

/** How loud an amplitude is heard, roughly: what is quiet stays in sight. */
const HEARD = 0.6;

/**
 * Heard loudness 0..1 of `count` columns drawn at so many px a second; null where nothing was
 * measured.
 */
export function loudnessOf(
  { file, levels }: Loudness,
  pxPerSecond: number,
  count: number,
  momentOf: (column: number) => number,
): Float32Array | null {
  const level = levelFor(levels, pxPerSecond);
  if (level === null) return null;
  const columns = columnsOf(peaksOf(file, level), level.points_per_second, count, momentOf);
  return columns.map((amplitude) => amplitude ** HEARD);
}

/** The coarsest level that still has a point for every px, else the finest; null for none. */
export function levelFor(levels: readonly LevelLike[], pxPerSecond: number): LevelLike | null {
  const fineEnough = levels.filter((level) => level.points_per_second >= pxPerSecond);
  const finest = levels.toSorted((a, b) => b.points_per_second - a.points_per_second)[0];
  const coarsest = fineEnough.toSorted((a, b) => a.points_per_second - b.points_per_second)[0];
  return coarsest ?? finest ?? null;
}

/** Lowest and highest point of each level, side by side, out of the file; -128..127. */
export const peaksOf = (file: ArrayBuffer, level: LevelLike): Int8Array =>
  new Int8Array(file, level.offset, 2 * level.points);

/**
 * Amplitude 0..1 of `count` columns of one px. `momentOf`: seconds of the file at the left edge of a
 * column; where it is outside the file there is silence.
 */
export function columnsOf(
  peaks: Int8Array,
  pointsPerSecond: number,
  count: number,
  momentOf: (column: number) => number,
): Float32Array {
  const columns = new Float32Array(count);
  const points = peaks.length / 2;
  for (let column = 0; column < count; column++) {
    const one = momentOf(column) * pointsPerSecond;
    const other = momentOf(column + 1) * pointsPerSecond;
    const first = Math.max(0, Math.floor(Math.min(one, other)));
    const last = Math.min(points, Math.max(first + 1, Math.ceil(Math.max(one, other))));
    let loudest = 0;
    for (let point = first; point < last; point++) {
      const low = -(peaks[2 * point] ?? 0);
      loudest = Math.max(loudest, low, peaks[2 * point + 1] ?? 0);
    }
    columns[column] = Math.min(1, loudest / 127);
  }
  return columns;
}
