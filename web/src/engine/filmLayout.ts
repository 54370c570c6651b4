// Where the segments stand on the film: end to end in whole frames, overlapping where there is a
// transition. Pure; it counts as the server's planner does.
import { type SegmentLike, segmentSeconds } from "./clipState";

export interface FilmSegment extends SegmentLike {
  transition?: { duration?: number | null } | null;
}

/** All times in seconds of the film. Lists hold one entry a segment. */
export interface FilmLayout {
  readonly start: readonly number[];
  readonly seconds: readonly number[];
  /** Shared with the next segment; 0 for a cut. */
  readonly overlap: readonly number[];
  /** From the middle of the transition before to the middle of the one after. They add up to `total`. */
  readonly cells: readonly number[];
  readonly total: number;
}

/** A transition lasts so long at most, whatever room its clips have. */
const LONGEST_TRANSITION = 10;

/** `fps`: the film's frames a second. A transition without room is shown as long as there is room. */
export function layOutFilm(segments: readonly FilmSegment[], fps: number): FilmLayout {
  const frames = segments.map((segment) => inFrames(segmentSeconds(segment), fps));
  const overlaps: number[] = [];
  const starts: number[] = [];
  let next = 0;
  segments.forEach((segment, index) => {
    const [own, before] = [frames[index] ?? 1, overlaps[index - 1] ?? 0];
    const room = Math.min(own - before, frames[index + 1] ?? 0);
    overlaps.push(Math.max(0, Math.min(wantedOverlap(segment, fps), room)));
    starts.push(next);
    next += own - (overlaps[index] ?? 0);
  });
  const seconds = (count: number) => count / fps;
  return {
    start: starts.map(seconds),
    seconds: frames.map(seconds),
    overlap: overlaps.map(seconds),
    cells: frames.map((own, index) =>
      seconds(own - ((overlaps[index - 1] ?? 0) + (overlaps[index] ?? 0)) / 2),
    ),
    total: seconds(next),
  };
}

const inFrames = (seconds: number, fps: number) => Math.max(1, Math.round(seconds * fps));

function wantedOverlap({ transition }: FilmSegment, fps: number): number {
  return transition ? inFrames(transition.duration ?? 0.5, fps) : 0;
}

/** Seconds that the transition after segment `index` may last beside the others; 0 after the last. */
export function transitionRoom(layout: FilmLayout, index: number): number {
  const left = (layout.seconds[index] ?? 0) - (layout.overlap[index - 1] ?? 0);
  const right = (layout.seconds[index + 1] ?? 0) - (layout.overlap[index + 1] ?? 0);
  return Math.max(0, Math.min(left, right, LONGEST_TRANSITION));
}

/** Index of the segment whose cell covers a moment of the film; -1 in an empty one. */
export function cellAt(layout: FilmLayout, time: number): number {
  let left = time;
  for (const [index, length] of layout.cells.entries()) {
    left -= length;
    if (left < -1e-6) return index;
  }
  return layout.cells.length - 1;
}
