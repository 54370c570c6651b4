// Edits that met another person's edit of the same thing, until somebody decides between them. They are
// written down in the browser as what is pending is: until then nothing else holds what was typed.
import { create } from "zustand";
import type { Clash } from "@/api/operations";
import type { Segment } from "@/api/types";
import { targetOf } from "@/engine/edits";
import type { Operation } from "@/engine/operations";
import type { Item } from "../itemRequests";
import { type DocumentState, useDocument } from "./document";
import { Shelf } from "./shelf";

/** clashing: the fields say something else by now. gone: what it is about was deleted. */
export interface Conflict {
  /** Of the step that did not come about. */
  id: string;
  kind: "clashing" | "gone";
  /** All of the step, in order. */
  operations: readonly Operation[];
  /** Which of them met somebody else's. */
  culprit: string;
  clashes: readonly Clash[];
  /** The segment or item that is gone, as it was last seen. */
  lost: Segment | null;
  lostItem: Item | null;
  /** Such as "undo of move"; null for an edit itself. */
  undoing: string | null;
}

const shelf = new Shelf<Conflict>("conflicts");

export const useConflicts = create<{ conflicts: readonly Conflict[] }>(() => ({ conflicts: [] }));

export const addConflict = (conflict: Conflict): void =>
  void put([...others(conflict.id), conflict]);

export const dropConflict = (id: string): void => void put(others(id));

/** The operation that met somebody else's. */
export const culpritOf = ({ operations, culprit }: Conflict): Operation | undefined =>
  operations.find(({ id }) => id === culprit);

/** Whether what it is about is there no more: from the beginning, or deleted since. */
export function isGone(
  conflict: Conflict,
  { project, items }: Pick<DocumentState, "project" | "items">,
): boolean {
  if (conflict.kind === "gone") return true;
  const culprit = culpritOf(conflict);
  const target = culprit === undefined ? null : targetOf(culprit);
  if (target === null || project === null) return false;
  return ![...project.segments, ...items].some(({ id }) => id === target);
}

/** Brings back what waited for a decision when the project was left. */
export async function openConflicts(project: string): Promise<void> {
  useConflicts.setState({ conflicts: [] });
  const { list, forget } = await shelf.read(project);
  if (list.length === 0 || useDocument.getState().base?.id !== project) return;
  const { conflicts } = useConflicts.getState();
  const known = new Set(conflicts.map(({ id }) => id));
  await put([...list.filter(({ id }) => !known.has(id)), ...conflicts]);
  await forget();
}

const others = (id: string): Conflict[] =>
  useConflicts.getState().conflicts.filter((conflict) => conflict.id !== id);

async function put(conflicts: readonly Conflict[]): Promise<void> {
  useConflicts.setState({ conflicts });
  const { base } = useDocument.getState();
  if (base !== null) await shelf.keep(base.id, conflicts);
}
