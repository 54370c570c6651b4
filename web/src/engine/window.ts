// What part of the strip is drawn, how far it can be zoomed, and how it scrolls at its edges. Pure.

/** The strip is never wider: browsers lay nothing out beyond some 17 million px. */
const WIDEST_PX = 15_000_000;
const CLOSEST_PX_PER_SECOND = 1200;
const FIT_AT_MOST_PX_PER_SECOND = 140;
/** The window moves in steps, so that scrolling seldom draws anything anew. */
const STEP_PX = 256;

export interface Scale {
  /** Px per second that show the whole film. */
  fit: number;
  min: number;
  max: number;
}

/** How far a film of `total` seconds can be zoomed in `width` px. */
export function scaleOf(width: number, total: number): Scale {
  const seconds = Math.max(total, 0.1);
  const whole = Math.max(1, width) / seconds;
  const max = Math.max(whole, Math.min(CLOSEST_PX_PER_SECOND, WIDEST_PX / seconds));
  const fit = Math.min(FIT_AT_MOST_PX_PER_SECOND, whole);
  return { fit, min: Math.min(fit, whole), max };
}

export const clampScale = ({ min, max }: Scale, pxPerSecond: number): number =>
  Math.max(min, Math.min(max, pxPerSecond));

/** Factor of one turn of the wheel, exponential and capped so that a flick does not throw one out. */
export const wheelFactor = (deltaY: number): number =>
  Math.exp(-Math.max(-60, Math.min(60, deltaY)) / 240);

/** Where to scroll so that what stands `anchor` px from the left of the box stays there. */
export const anchoredScroll = (scrollLeft: number, anchor: number, factor: number): number =>
  Math.max(0, (scrollLeft + anchor) * factor - anchor);

/** Place 0..1 of a zoom on a slider, even to the eye; and back. */
export function shareOfScale({ min, max }: Scale, pxPerSecond: number): number {
  return max <= min ? 0 : Math.log(pxPerSecond / min) / Math.log(max / min);
}
export const scaleOfShare = ({ min, max }: Scale, share: number): number =>
  min * (max / min) ** share;

/** The last px up to `scrollLeft` at which another window begins. */
export const windowStart = (scrollLeft: number): number =>
  Math.floor(scrollLeft / STEP_PX) * STEP_PX;

/** From which to which px things are drawn while `width` px from `scrollLeft` on are in sight. */
export function drawnWindow(scrollLeft: number, width: number): { from: number; to: number } {
  const first = windowStart(scrollLeft);
  return { from: first - STEP_PX, to: first + Math.ceil(width / STEP_PX) * STEP_PX + 2 * STEP_PX };
}

const EDGE_PX = 48;
const FASTEST_PX = 28;

/** Px to scroll in this frame while something is dragged at `x` between `near` and `far`. */
export function edgeSpeed(x: number, near: number, far: number): number {
  const depth = Math.max(near + EDGE_PX - x, 0) - Math.max(x - far + EDGE_PX, 0);
  const share = Math.max(-1, Math.min(1, depth / EDGE_PX));
  return share === 0 ? 0 : -Math.sign(share) * Math.ceil(Math.abs(share) ** 1.5 * FASTEST_PX);
}

/** Below this many px a clip, clips are painted instead of laid out: more fit on the page than can be
 * laid out within a frame. */
export const PAINTED_BELOW_PX = 28;
