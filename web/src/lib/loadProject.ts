// Reading a project with what lies beside its segments: the one that the address names is asked for
// already while the editor itself is on its way.
import { getProject } from "@/api/projects";
import type { Project } from "@/api/types";
import { type Item, listItems } from "./itemRequests";

/** A project and what lies beside its segments. */
export interface Loaded {
  project: Project;
  items: Item[];
}

/** The items are asked for last: should they be newer than the project, an event will say so. */
export async function loadProject(id: string): Promise<Loaded> {
  const project = await getProject(id);
  return { project, items: await listItems(id) };
}

let ahead: { id: string; loaded: Promise<Loaded> } | null = null;

/** Asks for the project of an editor's address; other addresses have none. */
export function loadAhead(path: string): void {
  const [, id] = /^\/projects\/([0-9a-f-]+)\/?$/i.exec(path) ?? [];
  if (id === undefined) return;
  const loaded = loadProject(id);
  // Whoever opens it hears what went wrong; nobody may.
  loaded.catch(() => undefined);
  ahead = { id, loaded };
}

/** What was asked for ahead, once; from then on the project as it is now. */
export function loadOpened(id: string): Promise<Loaded> {
  const loaded = ahead?.id === id ? ahead.loaded : loadProject(id);
  ahead = null;
  return loaded;
}
