// Requests about what lies beside a project's segments, and about the names that can be used there.
import { type Answer, basedOn, http, only, unwrap } from "@/api/client";
import type { components } from "@/api/schema";
import type { Full, Media } from "@/api/types";
import type { ItemChange, ItemKind } from "@/engine/items";

type Schemas = components["schemas"];

export type Item = Full<Schemas["Item"]>;
export type NewItem =
  | Schemas["TextItem"]
  | Schemas["CaptionItem"]
  | Schemas["ImageItem"]
  | Schemas["AudioItem"];
export type Vocabulary = Full<Schemas["Vocabulary"]>;

const project = (project_id: string) => ({ params: { path: { project_id } } });
const at = (item_id: string, revision: number) => ({
  params: { path: { item_id }, header: basedOn(revision) },
});

export const getVocabulary = (): Promise<Vocabulary> => only(http.GET("/api/vocabulary"));

/** Uploaded files, newest first. */
export const listMedia = (): Promise<Media[]> => only(http.GET("/api/media"));

/** From the lowest to the topmost. */
export const listItems = (projectId: string): Promise<Item[]> =>
  only(http.GET("/api/projects/{project_id}/items", project(projectId)));

export const createItem = (
  project_id: string,
  body: NewItem,
  revision: number,
): Promise<Answer<Item>> =>
  unwrap(
    http.POST("/api/projects/{project_id}/items", {
      params: { path: { project_id }, header: basedOn(revision) },
      body,
    }),
  );

export const updateItem = (
  id: string,
  kind: ItemKind,
  change: ItemChange,
  revision: number,
): Promise<Answer<Item>> =>
  unwrap(http.PATCH("/api/items/{item_id}", { ...at(id, revision), body: { kind, ...change } }));

export const deleteItem = (id: string, revision: number): Promise<Answer<unknown>> =>
  unwrap(http.DELETE("/api/items/{item_id}", at(id, revision)));

/** `item_ids` names every item of the project, from the lowest to the topmost. */
export const reorderItems = (
  project_id: string,
  item_ids: string[],
  revision: number,
): Promise<Answer<Item[]>> =>
  unwrap(
    http.POST("/api/projects/{project_id}/items/reorder", {
      params: { path: { project_id }, header: basedOn(revision) },
      body: { item_ids },
    }),
  );
