// Edits that met another person's edit of the same thing, until somebody decides between them.
import { create } from "zustand";
import type { Clash } from "@/api/operations";
import type { Segment } from "@/api/types";
import type { Operation } from "@/engine/operations";

/** clashing: the fields say something else by now. gone: what it is about was deleted. */
export interface Conflict {
  /** Of the step that did not come about. */
  id: string;
  kind: "clashing" | "gone";
  /** All of the step, in order. */
  operations: readonly Operation[];
  clashes: readonly Clash[];
  /** The segment that is gone, as it was last seen. */
  lost: Segment | null;
  /** Such as "undo of move"; null for an edit itself. */
  undoing: string | null;
}

export const useConflicts = create<{ conflicts: readonly Conflict[] }>(() => ({ conflicts: [] }));

export function addConflict(conflict: Conflict): void {
  useConflicts.setState(({ conflicts }) => ({
    conflicts: [...conflicts.filter(({ id }) => id !== conflict.id), conflict],
  }));
}

export function dropConflict(id: string): void {
  useConflicts.setState(({ conflicts }) => ({
    conflicts: conflicts.filter((conflict) => conflict.id !== id),
  }));
}
