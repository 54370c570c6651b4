// Requests about taking the film to another editing program.
import { http, only } from "./client";
import type { Interchange } from "./types";

export const getInterchange = (project_id: string): Promise<Interchange> =>
  only(http.GET("/api/projects/{project_id}/interchange", { params: { path: { project_id } } }));

/** Where a browser gets the file: a zip with the media, or the timeline alone. */
export const interchangeAddress = (projectId: string, format: string, hasMedia: boolean): string =>
  `/api/projects/${projectId}/interchange/file?format=${format}&media=${hasMedia}`;
