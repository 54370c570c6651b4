// The open project: what the server last said, the edits that it has not confirmed, and both together.
import { create } from "zustand";
import type { FieldProblem } from "@/api/problem";
import type { Project, SegmentPatch } from "@/api/types";
import { type ItemChange, withChanges } from "@/engine/items";
import { type Edits, overlay } from "@/engine/overlay";
import type { Item } from "../itemRequests";

export type SaveState = "saved" | "waiting" | "saving" | "failed";

export interface DocumentState {
  /** What the server last said. */
  base: Project | null;
  /** Edits made here and not sent yet. */
  edits: Edits<SegmentPatch>;
  /** Edits that are on their way. */
  sending: Edits<SegmentPatch>;
  /** Order asked for and not confirmed yet. */
  order: readonly string[] | null;
  /** What lies beside the segments, as the server last said; from the lowest to the topmost. */
  baseItems: readonly Item[];
  /** As `edits` and `sending`, for items. */
  itemEdits: Edits<ItemChange>;
  itemSending: Edits<ItemChange>;
  /** What the page shows: `base` under the edits. */
  project: Project | null;
  /** What the page shows of the items. */
  items: readonly Item[];
  save: SaveState;
  saveMessage: string | null;
  /** What the server refused, by segment or item. */
  fieldProblems: Readonly<Record<string, readonly FieldProblem[]>>;
}

export const EMPTY_DOCUMENT: DocumentState = {
  base: null,
  edits: {},
  sending: {},
  order: null,
  baseItems: [],
  itemEdits: {},
  itemSending: {},
  project: null,
  items: [],
  save: "saved",
  saveMessage: null,
  fieldProblems: {},
};

export const useDocument = create<DocumentState>(() => EMPTY_DOCUMENT);

/** Changes the document by a pure function and works out again what the page shows. */
export function changeDocument(change: (state: DocumentState) => Partial<DocumentState>): void {
  useDocument.setState((state) => {
    const next = { ...state, ...change(state) };
    return { ...next, project: shown(next), items: shownItems(next) };
  });
}

/** The items with the unconfirmed edits over them. */
function shownItems({ baseItems, itemSending, itemEdits }: DocumentState): readonly Item[] {
  return withChanges(baseItems, [itemSending, itemEdits]);
}

/** `base` with the unconfirmed edits and order over it. */
export function shown(state: DocumentState): Project | null {
  if (state.base === null) return null;
  const segments = overlay(state.base.segments, [state.sending, state.edits], state.order);
  return { ...state.base, segments };
}

/** Takes in what the server says now of the project, and of its items where given, unless something newer is known already. */
export function adopt(project: Project, items?: readonly Item[]): void {
  changeDocument(({ base, baseItems }) =>
    base?.id === project.id && base.revision > project.revision
      ? {}
      : { base: project, baseItems: items ?? baseItems },
  );
}

export const openProject = (): Project => {
  const { project } = useDocument.getState();
  if (project === null) throw new Error("no project is open");
  return project;
};

export const useProject = (): Project => {
  const project = useDocument((state) => state.project);
  if (project === null) throw new Error("no project is open");
  return project;
};
