// What is done to a clip's picture and sound, as forms show it: complete values, and null for what
// changes nothing. Pure.

export interface Retime {
  speed: number;
  reverse: boolean;
  freeze: { at: number; seconds: number } | null;
}

export interface Crop {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A part of the frame: how much larger than life, and its centre in fractions of the frame. */
export interface View {
  x: number;
  y: number;
  scale: number;
}

export interface Move {
  start: View;
  end: View;
  easing: string;
}

export interface Framing {
  fit: "fit" | "fill" | "stretch";
  crop: Crop | null;
  scale: number;
  x: number;
  y: number;
  move: Move | null;
  background: string;
}

export interface Look {
  exposure: number;
  contrast: number;
  saturation: number;
  temperature: number;
  lut: string | null;
}

export interface Sound {
  gain_db: number;
  muted: boolean;
  fade_in: number;
  fade_out: number;
  keyframes: { at: number; gain_db: number }[];
}

export const PLAIN_RETIME: Retime = { speed: 1, reverse: false, freeze: null };
export const NO_CROP: Crop = { left: 0, top: 0, right: 0, bottom: 0 };
export const PLAIN_FRAMING: Framing = {
  fit: "fit",
  crop: null,
  scale: 1,
  x: 0,
  y: 0,
  move: null,
  background: "black",
};
export const PLAIN_LOOK: Look = {
  exposure: 0,
  contrast: 1,
  saturation: 1,
  temperature: 0,
  lut: null,
};
export const PLAIN_SOUND: Sound = {
  gain_db: 0,
  muted: false,
  fade_in: 0,
  fade_out: 0,
  keyframes: [],
};

/** `value` with `change` in it; null when that leaves nothing that differs from `plain`. */
export function changed<T extends object>(
  plain: T,
  value: T | null | undefined,
  change: Partial<T>,
): T | null {
  const next = { ...plain, ...value, ...change };
  return isSame(next, plain) ? null : next;
}

/** Whether two plain values (numbers, words, lists and objects of these) say the same. */
export function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].every((key) =>
    isSame((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]),
  );
}

/** How far the centre of a view may lie from the frame's, so that it does not leave the frame. */
export const viewRoom = (scale: number): number =>
  Math.floor(((1 - 1 / Math.max(1, scale)) / 2) * 1000) / 1000;

/** `view` with its centre moved back to where its scale leaves room. */
export function withinFrame(view: View): View {
  const room = viewRoom(view.scale);
  const back = (place: number) => Math.max(-room, Math.min(room, place));
  return { ...view, x: back(view.x), y: back(view.y) };
}

const WHOLE: View = { x: 0, y: 0, scale: 1 };

/** Ready-made moves of the view, by name. */
export const MOVES: Readonly<Record<string, { label: string; start: View; end: View }>> = {
  "push-in": { label: "Push in", start: WHOLE, end: { ...WHOLE, scale: 1.2 } },
  "pull-out": { label: "Pull out", start: { ...WHOLE, scale: 1.2 }, end: WHOLE },
  "pan-left": {
    label: "Pan left",
    start: { x: 0.08, y: 0, scale: 1.2 },
    end: { x: -0.08, y: 0, scale: 1.2 },
  },
  "pan-right": {
    label: "Pan right",
    start: { x: -0.08, y: 0, scale: 1.2 },
    end: { x: 0.08, y: 0, scale: 1.2 },
  },
  "tilt-up": {
    label: "Tilt up",
    start: { x: 0, y: 0.08, scale: 1.2 },
    end: { x: 0, y: -0.08, scale: 1.2 },
  },
  "tilt-down": {
    label: "Tilt down",
    start: { x: 0, y: -0.08, scale: 1.2 },
    end: { x: 0, y: 0.08, scale: 1.2 },
  },
};

/** Name of the ready-made move that this is: "none" without one, "own" for any other. */
export function moveName(move: Move | null): string {
  if (move === null) return "none";
  const known = Object.entries(MOVES).find(
    ([, { start, end }]) => isSame(start, move.start) && isSame(end, move.end),
  );
  return known?.[0] ?? "own";
}
