// Adding a segment to the open project.
import type { Params, Segment, SegmentCreate } from "@/api/types";
import { openProject } from "../store/document";
import { announce } from "../store/session";
import { decided } from "./decided";
import { enterSegments, newSegment, placeAt } from "./insertSegments";

/** Adds a segment at place `index`, or at the end, and selects it. Throws ApiProblem when refused. */
export async function addSegment(body: SegmentCreate, index?: number): Promise<Segment> {
  const { ids, step } = enterSegments([newSegment(body)], placeAt(index), "adding of segment");
  await decided(step);
  const { segments } = openProject();
  announce(`Segment ${segments.length} added`);
  return segments.find(({ id }) => id === ids[0]) as Segment;
}

/** Model and parameters for the next segment: as the given one or the last one has them, without its seed. */
export function likeThe(segment: Segment | undefined, fallbackModel: string | undefined): Params {
  if (segment && segment.media === null && segment.model_params.model) {
    const { seed: _seed, image: _image, ...rest } = segment.model_params;
    return rest;
  }
  return fallbackModel === undefined ? {} : { model: fallbackModel };
}
