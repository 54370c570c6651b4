// Segments as text that can be carried between projects and tabs. Pure.
import type { Segment, SegmentCreate } from "@/api/types";

const MARK = "video-foundry/segments";

/** A segment as the body that would add it again; its media must be known to the same installation. */
export function bodyOf(segment: Segment): SegmentCreate {
  const { prompt, model_params, media, trim, transition, retime, framing, look, sound } = segment;
  const content = media === null ? { prompt, model_params } : { media };
  return { ...content, trim, transition, retime, framing, look, sound };
}

export const asText = (segments: readonly Segment[]): string =>
  JSON.stringify({ kind: MARK, segments: segments.map(bodyOf) }, null, 2);

/** The segments in a text that `asText` made; null for any other text. */
export function fromText(text: string): SegmentCreate[] | null {
  try {
    const read: unknown = JSON.parse(text);
    if (typeof read !== "object" || read === null) return null;
    const { kind, segments } = read as { kind?: unknown; segments?: unknown };
    return kind === MARK && Array.isArray(segments) && segments.every(isBody) ? segments : null;
  } catch {
    return null;
  }
}

const isBody = (value: unknown): value is SegmentCreate =>
  typeof value === "object" &&
  value !== null &&
  (typeof (value as SegmentCreate).prompt === "string" ||
    typeof (value as SegmentCreate).media === "string");
