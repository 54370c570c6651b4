// Requests about the segments of a project, their takes and their jobs.
import { type Answer, basedOn, http, only, unwrap } from "./client";
import type { Project, Segment, SegmentCreate, SegmentPatch, Take } from "./types";

const at = (segment_id: string, revision: number) => ({
  params: { path: { segment_id }, header: basedOn(revision) },
});

export const createSegment = (
  project_id: string,
  body: SegmentCreate,
  revision: number,
): Promise<Answer<Segment>> =>
  unwrap(
    http.POST("/api/projects/{project_id}/segments", {
      params: { path: { project_id }, header: basedOn(revision) },
      body,
    }),
  );

export const updateSegment = (
  id: string,
  body: SegmentPatch,
  revision: number,
): Promise<Answer<Segment>> =>
  unwrap(http.PATCH("/api/segments/{segment_id}", { ...at(id, revision), body }));

export const deleteSegment = (id: string, revision: number): Promise<Answer<unknown>> =>
  unwrap(http.DELETE("/api/segments/{segment_id}", at(id, revision)));

export const duplicateSegment = (id: string, revision: number): Promise<Answer<Segment>> =>
  unwrap(http.POST("/api/segments/{segment_id}/duplicate", at(id, revision)));

export const reorderSegments = (
  project_id: string,
  segment_ids: string[],
  revision: number,
): Promise<Answer<Project>> =>
  unwrap(
    http.POST("/api/projects/{project_id}/segments/reorder", {
      params: { path: { project_id }, header: basedOn(revision) },
      body: { segment_ids },
    }),
  );

const path = (segment_id: string) => ({ params: { path: { segment_id } } });

export const retrySegment = (id: string): Promise<Segment> =>
  only(http.POST("/api/segments/{segment_id}/retry", path(id)));

export const listTakes = (id: string): Promise<Take[]> =>
  only(http.GET("/api/segments/{segment_id}/takes", path(id)));

/** Asks for one more take of the same request, on purpose. `maxCost` is a decimal string. */
export const createTake = (id: string, maxCost: string | null): Promise<Segment> =>
  only(
    http.POST("/api/segments/{segment_id}/takes", {
      ...path(id),
      body: maxCost === null ? {} : { max_cost: maxCost },
    }),
  );

export const chooseTake = (
  id: string,
  take_id: string | null,
  pinned: boolean,
  revision: number,
): Promise<Answer<Segment>> =>
  unwrap(
    http.PUT("/api/segments/{segment_id}/take", { ...at(id, revision), body: { take_id, pinned } }),
  );

export const resolveJob = (job_id: string, action: "resubmit" | "abandon"): Promise<unknown> =>
  only(http.POST("/api/jobs/{job_id}/resolve", { params: { path: { job_id } }, body: { action } }));
