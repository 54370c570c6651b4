// Which marks a ruler shows at a zoom. Pure.

const STEPS = [0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];

/** Seconds between labelled marks so that they stand at least `minGap` px apart. */
export function tickStep(pxPerSecond: number, minGap = 72): number {
  return STEPS.find((step) => step * pxPerSecond >= minGap) ?? STEPS[STEPS.length - 1] ?? 3600;
}

/** Moments from 0 to `total` seconds, `step` apart. */
export function ticks(total: number, step: number): number[] {
  const count = Math.min(5000, Math.floor(total / step + 1e-9) + 1);
  return Array.from({ length: count }, (_, index) => index * step);
}
