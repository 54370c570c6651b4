// Where the segments stand on the film, in seconds: end to end, overlapping where there is a transition.
// Pure; the frames are counted by `scene/frames`, as the server counts them.
import { type FrameSegment, layOutFrames } from "./scene/frames";

export type FilmSegment = FrameSegment;

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
  const { placed, frames } = layOutFrames(segments, fps);
  return {
    start: placed.map(({ start }) => start / fps),
    seconds: placed.map((one) => one.frames / fps),
    overlap: placed.map(({ overlapOut }) => overlapOut / fps),
    cells: placed.map((one) => (one.frames - (one.overlapIn + one.overlapOut) / 2) / fps),
    total: frames / fps,
  };
}

const GEOMETRY = ["media", "duration_seconds", "trim", "retime", "transition"] as const;

/** Whether two films are laid out alike for certain: what stands in them may differ, such as words. */
export function standAlike(some: readonly FilmSegment[], others: readonly FilmSegment[]): boolean {
  return (
    some.length === others.length &&
    some.every((one, index) => {
      const other = others[index] as FilmSegment;
      if (one === other) return true;
      const { duration } = one.model_params;
      return (
        duration === other.model_params.duration && GEOMETRY.every((key) => one[key] === other[key])
      );
    })
  );
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
