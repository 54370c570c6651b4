// Requests about the segments of a project, their takes and their jobs.
import { http, only } from "./client";
import type { Segment, Take } from "./types";

const path = (segment_id: string) => ({ params: { path: { segment_id } } });

export const retrySegment = (id: string): Promise<Segment> =>
  only(http.POST("/api/segments/{segment_id}/retry", path(id)));

export const listTakes = (id: string): Promise<Take[]> =>
  only(http.GET("/api/segments/{segment_id}/takes", path(id)));

export const resolveJob = (job_id: string, action: "resubmit" | "abandon"): Promise<unknown> =>
  only(http.POST("/api/jobs/{job_id}/resolve", { params: { path: { job_id } }, body: { action } }));
