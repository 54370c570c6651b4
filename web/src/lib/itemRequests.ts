// Requests about what lies beside a project's segments, and about the names that can be used there.
import { http, only } from "@/api/client";
import type { components } from "@/api/schema";
import type { Full, Media } from "@/api/types";

type Schemas = components["schemas"];

export type Item = Full<Schemas["Item"]>;
export type NewItem =
  | Schemas["TextItem"]
  | Schemas["CaptionItem"]
  | Schemas["ImageItem"]
  | Schemas["AudioItem"];
export type Vocabulary = Full<Schemas["Vocabulary"]>;

const project = (project_id: string) => ({ params: { path: { project_id } } });

export const getVocabulary = (): Promise<Vocabulary> => only(http.GET("/api/vocabulary"));

/** Uploaded files, newest first. */
export const listMedia = (): Promise<Media[]> =>
  only(http.GET("/api/media", { params: { query: { limit: 500 } } }));

/** From the lowest to the topmost. */
export const listItems = (projectId: string): Promise<Item[]> =>
  only(http.GET("/api/projects/{project_id}/items", project(projectId)));
