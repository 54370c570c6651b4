// What would become of segments at another model. Asking changes nothing and costs nothing.
import { http, only } from "./client";
import type { components } from "./schema";
import type { Full } from "./types";

type Schemas = components["schemas"];

export type Retarget = Full<Schemas["Retarget"]>;
export type SegmentRetarget = Full<Schemas["SegmentRetarget"]>;

/** `to` is a model's id or alias; `segments` null for all that are generated. */
export const tryRetarget = (
  projectId: string,
  to: string,
  segments: readonly string[] | null,
): Promise<Retarget> =>
  only(
    http.POST("/api/projects/{project_id}/retarget", {
      params: { path: { project_id: projectId } },
      body: { to, segments: segments && [...segments], dry_run: true },
    }),
  );
