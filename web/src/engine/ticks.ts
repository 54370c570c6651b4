// Which marks a ruler shows at a zoom. Pure.

const STEPS = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 36_000,
];

/** Seconds between labelled marks so that they stand at least `minGap` px apart. */
export function tickStep(pxPerSecond: number, minGap = 72): number {
  return STEPS.find((step) => step * pxPerSecond >= minGap) ?? STEPS.at(-1) ?? 36_000;
}

/** Into how many parts small marks divide a step: as many as there is room for. */
export function partsOf(step: number, pxPerSecond: number, minGap = 8): number {
  return [10, 5, 2].find((parts) => (step * pxPerSecond) / parts >= minGap) ?? 1;
}

/** Multiples of `step` seconds from `from` to `to`, which are kept within 0 and `total`. */
export function ticksBetween(from: number, to: number, total: number, step: number): number[] {
  const first = Math.max(0, Math.ceil(from / step - 1e-9));
  const last = Math.floor(Math.min(to, total) / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) =>
    Number(((first + index) * step).toFixed(3)),
  );
}
