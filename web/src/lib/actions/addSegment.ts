// Adding a segment to the open project.
import { createSegment } from "@/api/segments";
import type { Params, Segment, SegmentCreate } from "@/api/types";
import { refreshProject } from "../refresh";
import { changeDocument, openProject } from "../store/document";
import { announce, select } from "../store/session";
import { write } from "../store/writes";

/** Adds a segment at the end and selects it. Throws ApiProblem. */
export async function addSegment(body: SegmentCreate): Promise<Segment> {
  const project = openProject();
  const segment = await write((revision) => createSegment(project.id, body, revision));
  changeDocument(({ base }) => ({
    base: base && { ...base, segments: withOne(base.segments, segment) },
  }));
  select(segment.id);
  announce(`Segment ${openProject().segments.length} added`);
  refreshProject();
  return segment;
}

function withOne(segments: readonly Segment[], segment: Segment): Segment[] {
  return [...segments.filter((other) => other.id !== segment.id), segment];
}

/** Model and parameters for the next segment: as the given one or the last one has them, without its seed. */
export function likeThe(segment: Segment | undefined, fallbackModel: string | undefined): Params {
  if (segment && segment.media === null && segment.model_params.model) {
    const { seed: _seed, image: _image, ...rest } = segment.model_params;
    return rest;
  }
  return fallbackModel === undefined ? {} : { model: fallbackModel };
}
