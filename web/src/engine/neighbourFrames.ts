// What a segment can begin and end with that its neighbours show: the last frame of the one before, the
// first frame of the one after; and why there is none. Pure.

export type FrameField = "first_frame" | "last_frame";

export interface NeighbourLike {
  id: string;
  /** Null while it has no clip. */
  asset_url: string | null;
}

interface Source {
  /** Where the neighbour stands, seen from the segment. */
  delta: 1 | -1;
  /** Which of its frames is taken. */
  edge: "first" | "last";
  label: string;
  /** Why there is no neighbour. */
  none: string;
}

export const FRAME_SOURCES: Readonly<Record<FrameField, Source>> = {
  first_frame: {
    delta: -1,
    edge: "last",
    label: "Last frame of the segment before",
    none: "This is the first segment: there is none before it.",
  },
  last_frame: {
    delta: 1,
    edge: "first",
    label: "First frame of the segment after",
    none: "This is the last segment: there is none after it.",
  },
};

export const isFrameField = (name: string): name is FrameField => name in FRAME_SOURCES;

export interface Neighbour {
  /** The segment whose frame can be taken; null where there is none. */
  id: string | null;
  /** Its place in the film, from 1. */
  number: number;
  /** Why there is nothing to take; null where there is. */
  why: string | null;
}

export function neighbourFor(
  segments: readonly NeighbourLike[],
  id: string,
  field: FrameField,
): Neighbour {
  const { delta, none } = FRAME_SOURCES[field];
  const at = segments.findIndex((one) => one.id === id);
  const number = at + delta + 1;
  const neighbour = at < 0 ? undefined : segments[at + delta];
  if (neighbour === undefined) return { id: null, number, why: none };
  if (neighbour.asset_url === null) return { id: null, number, why: noClip(number) };
  return { id: neighbour.id, number, why: null };
}

export const noClip = (number: number): string =>
  `Segment ${number} has no clip yet: generate it first.`;
