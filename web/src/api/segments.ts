// Requests about the segments of a project, their takes and their jobs.
import { http, only } from "./client";
import type { CancelledJob, Media, Take } from "./types";

const path = (segment_id: string) => ({ params: { path: { segment_id } } });

export const listTakes = (id: string): Promise<Take[]> =>
  only(http.GET("/api/segments/{segment_id}/takes", path(id)));

/** How many takes of a project come at once. */
export const TAKES_A_PAGE = 200;

/** Clips made for any segment of a project, the newest first. */
export const listProjectTakes = (project_id: string, offset: number): Promise<Take[]> =>
  only(
    http.GET("/api/projects/{project_id}/takes", {
      params: { path: { project_id }, query: { limit: TAKES_A_PAGE, offset } },
    }),
  );

/** What a person can decide: ask the provider again for nothing, buy it again, or give it up. */
export type Decision = "fetch" | "resubmit" | "abandon";

/** `epoch` is that of the job as it was looked at: one that has gone on since is left as it is. */
export const resolveJob = (
  job_id: string,
  epoch: number,
  action: Decision,
  max_cost: string | null,
): Promise<unknown> =>
  only(
    http.POST("/api/jobs/{job_id}/resolve", {
      params: { path: { job_id } },
      body: { action, epoch, ...(max_cost === null ? {} : { max_cost }) },
    }),
  );

/** Calls a generation off for one segment; says what became of it. */
export const cancelJob = (job_id: string, segment_id: string): Promise<CancelledJob> =>
  only(
    http.POST("/api/jobs/{job_id}/cancel", { params: { path: { job_id } }, body: { segment_id } }),
  );

/** Keeps the first or last frame that the cut shows of a segment as an uploaded picture; free. */
export const keepFrame = (segment_id: string, edge: "first" | "last"): Promise<Media> =>
  only(
    http.POST("/api/segments/{segment_id}/frames/{edge}", {
      params: { path: { segment_id, edge } },
    }),
  );
