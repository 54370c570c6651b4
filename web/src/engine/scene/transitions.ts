// What both pictures do at each progress of a transition: the server's catalogue, by the same names and
// the same formulas. Pure; drawing is the compositor's.
import { clamp, ease, smooth } from "./easing";

/** Where a picture stands: moved, parted and blurred in fractions of the frame, enlarged about its centre. */
export interface Place {
  x: number;
  y: number;
  scale: number;
  apartX: number;
  apartY: number;
  /** Standard deviation in fractions of the frame's height. */
  blur: number;
}

export type MaskShape =
  | "linear"
  | "circle"
  | "diamond"
  | "clock"
  | "doors"
  | "slats"
  | "checker"
  | "noise";

/** A shape by which one picture takes the other's place. */
export interface Mask {
  shape: MaskShape;
  dx: number;
  dy: number;
  count: number;
  isFlipped: boolean;
}

/** What is drawn at one progress. */
export interface Moment {
  /** How much of the second picture shows; with a mask, how far its edge has run. */
  weight: number;
  mask: Mask | null;
  softness: number;
  a: Place;
  b: Place;
  top: "a" | "b";
  /** How much a flat colour covers. */
  veil: number;
  veilColour: "black" | "white";
}

export interface TransitionKind {
  /** Seconds, where a segment says nothing. */
  seconds: number;
  easing: string;
  moment: (p: number) => Moment;
}

export const STILL: Place = { x: 0, y: 0, scale: 1, apartX: 0, apartY: 0, blur: 0 };

const PLAIN: Moment = {
  weight: 0,
  mask: null,
  softness: 0,
  a: STILL,
  b: STILL,
  top: "b",
  veil: 0,
  veilColour: "black",
};

type Formula = (p: number) => Moment;

const moment = (part: Partial<Moment>): Moment => ({ ...PLAIN, ...part });
const place = (part: Partial<Place>): Place => ({ ...STILL, ...part });

/** Where something moves to: the sign of x and of y. */
export const SIDES: Readonly<Record<string, readonly [number, number]>> = {
  left: [-1, 0],
  right: [1, 0],
  up: [0, -1],
  down: [0, 1],
};
const GROWTH = 1.2;
const BLUR = 0.03;

const dip =
  (veilColour: "black" | "white"): Formula =>
  (p) =>
    moment({ weight: p < 0.5 ? 0 : 1, veil: 1 - Math.abs(2 * p - 1), veilColour });

const blur: Formula = (p) =>
  moment({ weight: smooth(p), a: place({ blur: BLUR * p }), b: place({ blur: BLUR * (1 - p) }) });

function masked(shape: MaskShape, softness: number, more: Partial<Mask> = {}): Formula {
  const mask: Mask = { shape, dx: 0, dy: 0, count: 1, isFlipped: false, ...more };
  return (p) => moment({ weight: p, mask, softness });
}

const slide = (dx: number, dy: number, p: number): Moment =>
  moment({ weight: 1, b: place({ x: -dx * (1 - p), y: -dy * (1 - p) }) });

const push = (dx: number, dy: number, p: number): Moment => ({
  ...slide(dx, dy, p),
  a: place({ x: dx * p, y: dy * p }),
});

const reveal = (dx: number, dy: number, p: number): Moment =>
  moment({ top: "a", a: place({ x: dx * p, y: dy * p }) });

const split = (dx: number, dy: number, p: number): Moment =>
  moment({ top: "a", a: place({ apartX: (dx * p) / 2, apartY: (dy * p) / 2 }) });

const zoomIn: Formula = (p) =>
  moment({ weight: smooth(clamp((p - 0.15) / 0.85)), a: place({ scale: 1 + GROWTH * p * p }) });

const zoomOut: Formula = (p) =>
  moment({
    weight: smooth(clamp(p / 0.85)),
    b: place({ scale: 1 + GROWTH * (1 - p) ** 2 }),
  });

const kind = (seconds: number, easing: string, formula: Formula): TransitionKind => ({
  seconds,
  easing,
  moment: formula,
});
const wipe = (dx: number, dy: number) => kind(0.5, "smooth", masked("linear", 0.04, { dx, dy }));
const shape = (name: MaskShape, more: Partial<Mask> = {}) =>
  kind(0.7, "smooth", masked(name, 0.03, more));
const pattern = (name: MaskShape, more: Partial<Mask>) =>
  kind(0.8, "linear", masked(name, 0.1, more));

/** One kind for each side, such as "push-left". */
function sided(
  family: string,
  seconds: number,
  easing: string,
  formula: (dx: number, dy: number) => Formula,
): Record<string, TransitionKind> {
  return Object.fromEntries(
    Object.entries(SIDES).map(([side, [dx, dy]]) => [
      `${family}-${side}`,
      kind(seconds, easing, formula(dx, dy)),
    ]),
  );
}

const moving =
  (formula: (dx: number, dy: number, p: number) => Moment) =>
  (dx: number, dy: number) =>
  (p: number) =>
    formula(dx, dy, p);

export const TRANSITIONS: Readonly<Record<string, TransitionKind>> = {
  fade: kind(0.5, "linear", (p) => moment({ weight: p })),
  dissolve: kind(0.8, "linear", masked("noise", 0.3)),
  "dip-to-black": kind(1, "linear", dip("black")),
  "dip-to-white": kind(1, "linear", dip("white")),
  "blur-dissolve": kind(0.8, "smooth", blur),
  ...sided("wipe", 0.5, "smooth", (dx, dy) => masked("linear", 0.04, { dx, dy })),
  "wipe-diagonal": wipe(1, 1),
  "wipe-diagonal-left": wipe(-1, 1),
  "circle-open": shape("circle"),
  "circle-close": shape("circle", { isFlipped: true }),
  "diamond-open": shape("diamond"),
  "clock-wipe": shape("clock"),
  "doors-open": shape("doors", { dx: 1 }),
  "doors-close": shape("doors", { dx: 1, isFlipped: true }),
  "doors-open-vertical": shape("doors", { dy: 1 }),
  "doors-close-vertical": shape("doors", { dy: 1, isFlipped: true }),
  ...sided("slide", 0.6, "ease-in-out", moving(slide)),
  ...sided("push", 0.6, "ease-in-out", moving(push)),
  ...sided("reveal", 0.6, "ease-in-out", moving(reveal)),
  "split-horizontal": kind(0.7, "ease-in-out", (p) => split(1, 0, p)),
  "split-vertical": kind(0.7, "ease-in-out", (p) => split(0, 1, p)),
  "zoom-in": kind(0.6, "smooth", zoomIn),
  "zoom-out": kind(0.6, "smooth", zoomOut),
  "blinds-horizontal": pattern("slats", { dy: 1, count: 9 }),
  "blinds-vertical": pattern("slats", { dx: 1, count: 16 }),
  checkerboard: pattern("checker", { count: 12 }),
};

/** The kind of this name; a crossfade for one that is not known here yet. */
export const transitionKind = (name: string): TransitionKind =>
  TRANSITIONS[name] ?? (TRANSITIONS.fade as TransitionKind);

/** What is drawn at `progress` (0..1, not eased yet). */
export const momentAt = (name: string, easing: string | null | undefined, progress: number) =>
  transitionKind(name).moment(ease(easing ?? transitionKind(name).easing, progress));
