// Adding segments at a place of the film, under ids that are made here.
import type { SegmentCreate } from "@/api/types";
import type { NewSegment, Place } from "@/engine/operations";
import { newId } from "../ids";
import { openProject } from "../store/document";
import { announce, select } from "../store/session";
import { perform } from "./perform";
import { segmentsOf } from "./wording";

/** What stands around the place `index` of the film; the end where it is left out. */
export function placeAt(index?: number): Place {
  const { segments } = openProject();
  const at = Math.max(0, Math.min(index ?? segments.length, segments.length));
  return { after: segments[at - 1]?.id ?? null, before: segments[at]?.id ?? null };
}

/** A body as a segment of its own, without what only the server can take. */
export function newSegment(body: SegmentCreate & { copies?: string }): NewSegment {
  const { order_index: _index, ...fields } = JSON.parse(JSON.stringify(body)) as SegmentCreate;
  return { ...fields, id: newId() };
}

/** Adds segments next to each other, selects the first, and returns their ids and their step. */
export function enterSegments(
  segments: readonly NewSegment[],
  place: Place,
  label: string,
): { ids: string[]; step: string } {
  const step = perform(label, [{ type: "insert_segments", segments, ...place }]);
  const ids = segments.map(({ id }) => id);
  if (ids[0] !== undefined) select(ids[0]);
  return { ids, step };
}

/** Adds segments from place `index` on (0 is the first). Returns their ids. */
export function insertSegments(
  bodies: readonly (SegmentCreate & { copies?: string })[],
  index?: number,
): string[] {
  if (bodies.length === 0) return [];
  const label = `adding of ${segmentsOf(bodies.length)}`;
  const { ids } = enterSegments(bodies.map(newSegment), placeAt(index), label);
  announce(`Added ${segmentsOf(bodies.length)}`);
  return ids;
}
