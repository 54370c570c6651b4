// How far a movement has got: the same curves, by the same names, as the server's. Pure.

const CURVES: Readonly<Record<string, (p: number) => number>> = {
  linear: (p) => p,
  "ease-in": (p) => p ** 3,
  "ease-out": (p) => 1 - (1 - p) ** 3,
  "ease-in-out": (p) => (2 * p < 1 ? 4 * p ** 3 : 1 - 4 * (1 - p) ** 3),
  smooth: (p) => smooth(p),
  smoother: (p) => p ** 3 * (p * (6 * p - 15) + 10),
};

export const clamp = (value: number, low = 0, high = 1): number =>
  Math.min(high, Math.max(low, value));

/** Starts and ends at rest. */
export const smooth = (p: number): number => p * p * (3 - 2 * p);

/** 0..1 on the curve of this name; a gentle one for a name that nobody knows. */
export const ease = (name: string, progress: number): number =>
  (CURVES[name] ?? smooth)(clamp(progress));

/** How far a change of `frames` frames has got at its frame `frame`: never 0, never 1. */
export const progressAt = (frame: number, frames: number): number => (frame + 1) / (frames + 1);
