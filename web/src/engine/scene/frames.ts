// Where every clip stands on the film in whole frames, and which moment of its file each frame shows:
// the server's arithmetic. Pure.
import { clipSeconds, type RetimeLike, type SegmentLike } from "../clipState";
import { clamp } from "./easing";
import { transitionKind } from "./transitions";

export interface TransitionLike {
  kind?: string;
  duration?: number | null;
  easing?: string | null;
}

export interface Retimed extends RetimeLike {
  reverse?: boolean;
}

export interface FrameSegment extends SegmentLike {
  retime?: Retimed | null;
  transition?: TransitionLike | null;
}

/** One segment on the film, in frames. */
export interface Placed {
  /** The film's frame at which it begins. */
  start: number;
  frames: number;
  /** Shared with the segment before and after; 0 for a cut. */
  overlapIn: number;
  overlapOut: number;
  /** Of the clip, once it is retimed: the first frame that is used. */
  first: number;
}

export interface FrameLayout {
  readonly placed: readonly Placed[];
  /** Of the film. */
  readonly frames: number;
}

/** Seconds by which a generated clip may miss what was asked for. */
const TOLERANCE = 0.5;
/** Keeps halves going up though they are written in binary. */
const HAIR = 1e-7;

/** Nearest whole number of frames; halves go up. */
export const framesIn = (seconds: number, fps: number): number =>
  Math.floor(seconds * fps + 0.5 + HAIR);

export const isStill = (segment: SegmentLike): boolean =>
  segment.media !== null && segment.duration_seconds === null;

/** Lays segments end to end, overlapping where there is a transition; one without room is shortened. */
export function layOutFrames(segments: readonly FrameSegment[], fps: number): FrameLayout {
  const uses = segments.map((segment) => useOf(segment, fps));
  const placed: Placed[] = [];
  let [start, before] = [0, 0];
  segments.forEach((segment, index) => {
    const { first, frames } = uses[index] as Use;
    const room = Math.min(frames - before, uses[index + 1]?.frames ?? 0);
    const after = clamp(overlapOf(segment, fps), 0, Math.max(0, room));
    placed.push({ start, frames, first, overlapIn: before, overlapOut: after });
    start += frames - after;
    before = after;
  });
  return { placed, frames: start };
}

/** Frames that a transition asks for; 0 for a cut. */
function overlapOf({ transition }: FrameSegment, fps: number): number {
  if (!transition) return 0;
  const seconds = transition.duration ?? transitionKind(transition.kind ?? "fade").seconds;
  return Math.max(1, framesIn(seconds, fps));
}

interface Use {
  first: number;
  frames: number;
}

/** Which frames of the retimed clip a segment shows. */
function useOf(segment: FrameSegment, fps: number): Use {
  const whole = clipSeconds(segment);
  const { start = 0, end = null } = segment.trim ?? {};
  if (isStill(segment)) {
    const seconds = end === null ? whole : end - (start ?? 0);
    return { first: 0, frames: Math.max(1, framesIn(seconds, fps)) };
  }
  const length = settledLength(segment, whole, fps);
  const from = Math.min(start ?? 0, length);
  const to = end === null ? length : Math.min(end, length);
  const [begins, ends] = virtualSpan(from, to, whole, segment.retime);
  const last = Math.max(1, framesIn(virtualSeconds(whole, segment.retime), fps)) - 1;
  const first = framesIn(begins, fps);
  return { first: clamp(first, 0, last), frames: Math.max(1, framesIn(ends, fps) - first) };
}

function virtualSpan(
  from: number,
  to: number,
  whole: number,
  retime: Retimed | null | undefined,
): [number, number] {
  const [begins, ends] = [virtual(from, retime), virtual(to, retime)];
  if (!retime?.reverse) return [begins, ends];
  const length = virtualSeconds(whole, retime);
  return [length - ends, length - begins];
}

/** What was asked for counts, where a generated clip is near enough to it. */
function settledLength(segment: FrameSegment, whole: number, fps: number): number {
  const asked = segment.media === null ? segment.model_params.duration : null;
  if (typeof asked !== "number" || asked <= 0) return whole;
  return whole >= asked - 1 / fps - HAIR && whole - asked <= TOLERANCE ? asked : whole;
}

/** Seconds of the clip once it is retimed. */
export const virtualSeconds = (seconds: number, retime: Retimed | null | undefined): number =>
  seconds / (retime?.speed ?? 1) + (retime?.freeze?.seconds ?? 0);

/** Where a moment of the file stands in the retimed clip, forwards; a held frame comes after it. */
function virtual(moment: number, retime: Retimed | null | undefined): number {
  const freeze = retime?.freeze ?? null;
  const isAfter = freeze !== null && moment > freeze.at;
  return moment / (retime?.speed ?? 1) + (isAfter ? freeze.seconds : 0);
}

/** Seconds of the retimed clip, forwards, without the held time before `place`. */
export function unfrozen(place: number, retime: Retimed | null | undefined): number {
  const freeze = retime?.freeze ?? null;
  if (freeze === null) return place;
  const begins = freeze.at / (retime?.speed ?? 1);
  return Math.min(place, Math.max(begins, place - freeze.seconds));
}

/** Seconds of the file that frame `frame` of the retimed clip shows; 0 of a picture. */
export function sourceSeconds(segment: FrameSegment, frame: number, fps: number): number {
  if (isStill(segment)) return 0;
  const { retime } = segment;
  const whole = clipSeconds(segment);
  const place = retime?.reverse ? virtualSeconds(whole, retime) - (frame + 1) / fps : frame / fps;
  return clamp(unfrozen(place, retime) * (retime?.speed ?? 1), 0, whole);
}
