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

/** The most that the server gives at once. */
const FILES_A_PAGE = 500;

/** All uploaded files, newest first: asked for page by page, so that each can be found. */
export async function listMedia(): Promise<Media[]> {
  // One that is sent meanwhile moves the others on by a place, so a file may come twice.
  const files = new Map<string, Media>();
  for (let offset = 0; ; offset += FILES_A_PAGE) {
    const query = { limit: FILES_A_PAGE, offset };
    const page: Media[] = await only(http.GET("/api/media", { params: { query } }));
    for (const file of page) files.set(file.id, file);
    if (page.length < FILES_A_PAGE) return [...files.values()];
  }
}

/** From the lowest to the topmost. */
export const listItems = (projectId: string): Promise<Item[]> =>
  only(http.GET("/api/projects/{project_id}/items", project(projectId)));
