// Requests about plans, renders and their films.
import { http, only } from "./client";
import type { Plan, RenderJob } from "./types";

const project = (project_id: string) => ({ params: { path: { project_id } } });

/** The plan of all outputs, or of those that are named. */
export const getPlan = (
  projectId: string,
  outputs: readonly string[] | null = null,
): Promise<Plan> =>
  only(
    http.POST("/api/projects/{project_id}/plan", {
      ...project(projectId),
      ...(outputs !== null && { body: { outputs: [...outputs] } }),
    }),
  );

/**
 * Starts the render of exactly the plan with this digest, for at most `max_cost` (a decimal string).
 * Refused with the new plan when the plan has drifted.
 */
export const startRender = (
  projectId: string,
  plan_digest: string,
  max_cost: string | null,
  outputs: readonly string[] | null = null,
): Promise<RenderJob> =>
  only(
    http.POST("/api/projects/{project_id}/render", {
      ...project(projectId),
      body: {
        plan_digest,
        ...(max_cost !== null && { max_cost }),
        ...(outputs !== null && { outputs: [...outputs] }),
      },
    }),
  );

export const listRenders = (projectId: string): Promise<RenderJob[]> =>
  only(http.GET("/api/projects/{project_id}/render-jobs", project(projectId)));

export const cancelRender = (render_id: string): Promise<RenderJob> =>
  only(http.POST("/api/render-jobs/{render_id}/cancel", { params: { path: { render_id } } }));

export const downloadAddress = (videoUrl: string): string =>
  `${videoUrl}${videoUrl.includes("?") ? "&" : "?"}download=1`;
