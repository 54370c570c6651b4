// A clip's own time against the time it is shown for: trim, speed, direction and a held frame. Pure; it
// counts as the server does.
import { clipSeconds, type SegmentLike, segmentSeconds } from "./clipState";

export interface Trimming {
  start: number;
  end: number | null;
}

export interface TimedSegment extends SegmentLike {
  retime?: {
    speed?: number;
    reverse?: boolean;
    freeze?: { at: number; seconds: number } | null;
  } | null;
}

/** A picture lasts as long as one likes. */
export const isStill = (segment: SegmentLike): boolean =>
  segment.media !== null && segment.duration_seconds === null;

/** Seconds of the retimed, untrimmed clip at which a moment of the clip stands, forwards. */
function retimedAt(segment: TimedSegment, moment: number): number {
  const { speed = 1, freeze = null } = segment.retime ?? {};
  return moment / speed + (freeze !== null && moment > freeze.at ? freeze.seconds : 0);
}

/** The inverse of `retimedAt`; within the held stretch, the held moment. */
function momentAt(segment: TimedSegment, place: number): number {
  const { speed = 1, freeze = null } = segment.retime ?? {};
  if (freeze === null) return place * speed;
  const begins = freeze.at / speed;
  return Math.min(place, Math.max(begins, place - freeze.seconds)) * speed;
}

/** What of the clip is shown: its trim, with the end filled in; seconds of the clip. */
export function usedOf(segment: TimedSegment): { start: number; end: number } {
  const whole = isStill(segment) ? Number.POSITIVE_INFINITY : clipSeconds(segment);
  const { start = 0, end = null } = segment.trim ?? {};
  const last = end ?? clipSeconds(segment);
  return { start: Math.min(start ?? 0, whole), end: Math.min(last, whole) };
}

/** Seconds of the clip that are seen `shown` seconds after the segment begins. */
export function clipMoment(segment: TimedSegment, shown: number): number {
  const { start, end } = usedOf(segment);
  if (isStill(segment)) return Math.max(start, Math.min(end, start + shown));
  const from = retimedAt(segment, start);
  const to = retimedAt(segment, end);
  const place = segment.retime?.reverse ? to - shown : from + shown;
  return Math.max(start, Math.min(end, momentAt(segment, place)));
}

/** Whether the clip's length is known, so that it can be trimmed. */
export const canTrim = (segment: SegmentLike): boolean =>
  segment.media !== null || segment.duration_seconds !== null;

/**
 * The trim after an edge was dragged by `delta` seconds of the film to the right: in whole frames of
 * the film at `fps`, at least one, and never beyond the clip. Null where the whole clip is shown.
 */
export function trimmedBy(
  segment: TimedSegment,
  edge: "start" | "end",
  delta: number,
  fps: number,
): Trimming | null {
  const wanted = edge === "start" ? -delta : delta;
  const frames = Math.max(1, Math.round((segmentSeconds(segment) + wanted) * fps));
  const { start, end } = usedOf(segment);
  if (isStill(segment)) return { start, end: tidy(start + frames / fps) };
  const isClipEnd = (edge === "end") !== (segment.retime?.reverse === true);
  const whole = clipSeconds(segment);
  if (isClipEnd) {
    const moment = momentAt(segment, retimedAt(segment, start) + frames / fps);
    return tidied(start, Math.min(whole, Math.max(moment, start + 1e-3)), whole);
  }
  const moment = momentAt(segment, retimedAt(segment, end) - frames / fps);
  return tidied(Math.max(0, Math.min(moment, end - 1e-3)), end, whole);
}

/** How far an edge can be dragged, in seconds of the film; negative is to the left. */
export function trimRoom(
  segment: TimedSegment,
  edge: "start" | "end",
  fps: number,
): { least: number; most: number } {
  const shown = segmentSeconds(segment);
  const inward = Math.max(0, shown - 1 / fps);
  const spare = isStill(segment)
    ? Number.POSITIVE_INFINITY
    : spareAt(segment, (edge === "end") !== (segment.retime?.reverse === true));
  return edge === "end" ? { least: -inward, most: spare } : { least: -spare, most: inward };
}

/** Seconds of film that are trimmed away at an end of the clip. */
function spareAt(segment: TimedSegment, isClipEnd: boolean): number {
  const { start, end } = usedOf(segment);
  return isClipEnd
    ? retimedAt(segment, clipSeconds(segment)) - retimedAt(segment, end)
    : retimedAt(segment, start) - retimedAt(segment, 0);
}

function tidied(start: number, end: number, whole: number): Trimming | null {
  const isWhole = start <= 5e-4 && end >= whole - 5e-4;
  return isWhole ? null : { start: tidy(start), end: end >= whole - 5e-4 ? null : tidy(end) };
}

const tidy = (seconds: number) => Number(seconds.toFixed(3));
