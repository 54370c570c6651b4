// Which part of a film is played: all of it, or from mark to mark while it is looped. Pure.

interface Wanted {
  isLooping: boolean;
  /** Seconds; null for the film's beginning and end. */
  markIn: number | null;
  markOut: number | null;
}

/** Seconds of a film of `total` seconds between which playing goes on. Without a loop marks say nothing. */
export function partOf({ isLooping, markIn, markOut }: Wanted, total: number) {
  if (!isLooping) return { start: 0, end: total };
  return { start: markIn ?? 0, end: Math.min(markOut ?? total, total) };
}
