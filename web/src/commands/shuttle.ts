// How fast J and L play: each press doubles the speed, the other direction starts anew. Pure.

/** Backwards (-1) or forwards (1). */
export type Direction = -1 | 1;

const FASTEST = 4;
/** With K held down. */
const SLOW = 0.5;

/** The speed after a press of J (-1) or L (1); `speed` is that of now, 0 while nothing plays. */
export function nextSpeed(speed: number, direction: Direction, isSlow: boolean): number {
  if (isSlow) return direction * SLOW;
  if (speed * direction < 1) return direction;
  return direction * Math.min(FASTEST, Math.abs(speed) * 2);
}
