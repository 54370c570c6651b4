// Jumping from cut to cut. Pure.

/** Seconds that count as standing on a cut. */
const ON_IT = 0.02;

/** The next cut after `time` (delta 1) or the one before it (-1); the film's ends beyond the last. */
export function nextCut(
  starts: readonly number[],
  total: number,
  time: number,
  delta: number,
): number {
  if (delta > 0) return starts.find((start) => start > time + ON_IT) ?? total;
  return starts.findLast((start) => start < time - ON_IT) ?? 0;
}
