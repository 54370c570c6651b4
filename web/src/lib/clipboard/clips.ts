// Segments as text that can be carried between projects and tabs. Pure.
import type { Segment, SegmentCreate } from "@/api/types";
import { asMarked, readMarked } from "./marked";

const MARK = "video-foundry/segments";

/** A segment as the body that would add it again; its media must be known to the same installation. */
export function bodyOf(segment: Segment): SegmentCreate {
  const { prompt, model_params, media, trim, transition, retime, framing, look, sound } = segment;
  const content = media === null ? { prompt, model_params } : { media };
  return { ...content, trim, transition, retime, framing, look, sound };
}

export const asText = (segments: readonly Segment[]): string =>
  asMarked(MARK, { segments: segments.map(bodyOf) });

/** The segments in a text that `asText` made; null for any other text. */
export function fromText(text: string): SegmentCreate[] | null {
  const segments = readMarked(MARK, text)?.segments;
  return Array.isArray(segments) && segments.every(isBody) ? segments : null;
}

const isBody = (value: unknown): value is SegmentCreate =>
  typeof value === "object" &&
  value !== null &&
  (typeof (value as SegmentCreate).prompt === "string" ||
    typeof (value as SegmentCreate).media === "string");
