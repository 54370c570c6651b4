// What a clip shows of its segment: one state out of the several facts the server keeps. Pure.

export interface SegmentLike {
  status: string;
  is_changed: boolean;
  asset_url: string | null;
  media: string | null;
  duration_seconds: number | null;
  model_params: Record<string, unknown>;
  trim: { start?: number | null; end?: number | null } | null;
  retime?: RetimeLike | null;
}

export interface RetimeLike {
  /** 2 is twice as fast. */
  speed?: number;
  /** The frame at `at` seconds of the clip is held for `seconds` more. */
  freeze?: { at: number; seconds: number } | null;
}

export type ClipState =
  | "own"
  | "empty"
  | "generating"
  | "ready"
  | "changed"
  | "failed"
  | "needs_attention";

export function clipState(segment: SegmentLike): ClipState {
  if (segment.status === "generating") return "generating";
  if (segment.status === "needs_attention") return "needs_attention";
  if (segment.status === "failed") return "failed";
  if (segment.media !== null) return "own";
  if (segment.is_changed) return "changed";
  return segment.asset_url === null ? "empty" : "ready";
}

/** Whether there is a picture of it, be it out of date. */
export const hasPicture = (segment: { asset_url: string | null; take_count: number }): boolean =>
  segment.asset_url !== null || segment.take_count > 0;

/** Length assumed for a clip whose model alone decides, in seconds. */
const ASSUMED_SECONDS = 5;
/** How long an own picture stands when it is not trimmed, in seconds: as in the film (tests/vectors). */
const STILL_SECONDS = 4;
/** About a frame: whatever is trimmed, something is seen. */
const SHORTEST_SECONDS = 0.04;

/**
 * Seconds that the segment is shown for: of its clip, else of what its request asks for, trimmed and
 * retimed. Transitions are not taken off; see `layOutFilm`.
 */
export function segmentSeconds(segment: SegmentLike): number {
  const whole = clipSeconds(segment);
  const start = segment.trim?.start ?? 0;
  const end = segment.trim?.end ?? whole;
  const isStill = segment.media !== null && segment.duration_seconds === null;
  const shown = isStill
    ? end - start
    : retimed(Math.min(end, whole), segment.retime) - retimed(start, segment.retime);
  return Math.max(SHORTEST_SECONDS, shown);
}

/** Seconds of the whole clip, before it is trimmed or retimed. */
export const clipSeconds = (segment: SegmentLike): number =>
  segment.duration_seconds ?? expectedSeconds(segment);

/** Where a moment of the clip stands once it is retimed. A held frame comes after its moment. */
function retimed(moment: number, retime: RetimeLike | null | undefined): number {
  const { speed = 1, freeze = null } = retime ?? {};
  return moment / speed + (freeze !== null && moment > freeze.at ? freeze.seconds : 0);
}

function expectedSeconds(segment: SegmentLike): number {
  if (segment.media !== null) return STILL_SECONDS;
  const asked = segment.model_params.duration;
  return typeof asked === "number" && asked > 0 ? asked : ASSUMED_SECONDS;
}
