// How loud a sound is at each moment of the film: keyframes, fades, and music that steps back under
// voices, by the server's formulas. Pure.
import type { Sound } from "../treatment";
import { clamp } from "./easing";

/** A rise from silence, or a fall to it, in seconds of the film. */
export interface Fade {
  start: number;
  seconds: number;
  isOut: boolean;
  /** Along a quarter of a sine, so that two that cross keep their energy. */
  isPower: boolean;
}

/** The gain as points: seconds of the film, dB; straight between, level outside. */
export type GainPoint = readonly [number, number];

/** Stepping back while somebody speaks. */
export interface Duck {
  amountDb: number;
  /** In cells of `CELL` seconds. */
  attack: number;
  hold: number;
  release: number;
  under: readonly string[];
}

/** Seconds of the grid on which music finds out whether somebody speaks. */
export const CELL = 0.01;

export const decibels = (db: number): number => 10 ** (db / 20);

export type SoundShape = Partial<Sound>;

/** The gain of a shape that is heard from `start` on. */
export function pointsOf(shape: SoundShape, start: number): GainPoint[] {
  const gain = shape.gain_db ?? 0;
  const keyframes = shape.keyframes ?? [];
  if (keyframes.length === 0) return [[start, gain]];
  return keyframes.map((one) => [start + one.at, gain + one.gain_db] as const);
}

/** The fades of a shape that is heard from `start` to `end`; shortened alike where room is missing. */
export function fadesOf(shape: SoundShape, start: number, end: number): Fade[] {
  const [rise, fall] = [shape.fade_in ?? 0, shape.fade_out ?? 0];
  const part = rise + fall > 0 ? Math.min(1, (end - start) / (rise + fall)) : 1;
  const found: Fade[] = [];
  if (rise > 0) found.push({ start, seconds: rise * part, isOut: false, isPower: false });
  if (fall > 0) {
    const seconds = fall * part;
    found.push({ start: end - seconds, seconds, isOut: true, isPower: false });
  }
  return found;
}

/** The factor of a shape's points and fades at a moment. */
export function levelAt(
  points: readonly GainPoint[],
  fades: readonly Fade[],
  time: number,
): number {
  return fades.reduce((level, fade) => level * fadeAt(fade, time), decibels(gainAt(points, time)));
}

/** The gain at a moment, in dB. */
export function gainAt(points: readonly GainPoint[], time: number): number {
  const after = points.findIndex(([at]) => at > time);
  if (after === 0) return points[0]?.[1] ?? 0;
  if (after < 0) return points.at(-1)?.[1] ?? 0;
  const [[left, low], [right, high]] = [points[after - 1] as GainPoint, points[after] as GainPoint];
  return low + ((high - low) * (time - left)) / (right - left);
}

function fadeAt({ start, seconds, isOut, isPower }: Fade, time: number): number {
  const way = clamp((time - start) / seconds);
  if (isPower) return (isOut ? Math.cos : Math.sin)((way * Math.PI) / 2);
  return isOut ? 1 - way : way;
}

/** Cells in which somebody speaks: the first, and the one after the last; in order. */
export type Speech = readonly (readonly [number, number])[];

/** The cells that spans of time touch, joined where they meet. */
export function speechOf(spans: readonly { start: number; end: number }[]): Speech {
  const cells = spans.map(
    ({ start, end }) =>
      [Math.floor(start / CELL + 1e-6), Math.ceil(end / CELL - 1e-6)] as [number, number],
  );
  cells.sort((a, b) => a[0] - b[0]);
  const joined: [number, number][] = [];
  for (const [first, end] of cells) {
    const last = joined.at(-1);
    if (last && first <= last[1]) last[1] = Math.max(last[1], end);
    else joined.push([first, end]);
  }
  return joined;
}

/** The factor by which a sound steps back at a moment. */
export function duckingAt(duck: Duck, speech: Speech, time: number): number {
  const place = time / CELL;
  const edge = Math.floor(place + 1e-9);
  const [here, next] = [depthAt(duck, speech, edge), depthAt(duck, speech, edge + 1)];
  return decibels(-duck.amountDb * (here + (next - here) * clamp(place - edge)));
}

/** How far down, 0 to 1, at the edge before a cell: down to the first that is spoken, held, let go. */
function depthAt(duck: Duck, speech: Speech, edge: number): number {
  let [ahead, behind] = [Infinity, Infinity];
  for (const [first, end] of speech) {
    if (first >= edge) ahead = Math.min(ahead, first - edge);
    else if (end > edge) return 1;
    else behind = Math.min(behind, edge - end);
    if (first > edge) break;
  }
  const sinking = 1 - ahead / duck.attack;
  const rising = 1 - (behind - duck.hold) / duck.release;
  return clamp(Math.max(sinking, rising));
}
