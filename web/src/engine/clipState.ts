// What a clip shows of its segment: one state out of the several facts the server keeps. Pure.

export interface SegmentLike {
  status: string;
  is_changed: boolean;
  asset_url: string | null;
  media: string | null;
  duration_seconds: number | null;
  model_params: Record<string, unknown>;
  trim: { start?: number | null; end?: number | null } | null;
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

/** Length assumed for a clip whose model alone decides, in seconds. */
const ASSUMED_SECONDS = 5;
/** How long an own picture stands when it is not trimmed, in seconds. */
const STILL_SECONDS = 4;

/** Seconds that the segment takes on the timeline: of its clip, else of what its request asks for. */
export function segmentSeconds(segment: SegmentLike): number {
  const whole = segment.duration_seconds ?? expectedSeconds(segment);
  const start = segment.trim?.start ?? 0;
  const end = segment.trim?.end ?? whole;
  const isStill = segment.media !== null && segment.duration_seconds === null;
  return Math.max(0.04, (isStill ? end : Math.min(end, whole)) - start);
}

function expectedSeconds(segment: SegmentLike): number {
  if (segment.media !== null) return STILL_SECONDS;
  const asked = segment.model_params.duration;
  return typeof asked === "number" && asked > 0 ? asked : ASSUMED_SECONDS;
}
