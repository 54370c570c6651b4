// What others did to the open project, taken in under what is pending here.
import { applyOperation, numbered, type Operation } from "@/engine/operations";
import { changeDocument, type DocumentState, withLost } from "./document";

/** Applies others' operations that led to `revision`, where nothing that is not known lies before. */
export function takeForeign(revision: number, operations: readonly Operation[]): void {
  changeDocument((state) => {
    const { base, baseItems, pending } = state;
    if (base === null || base.revision + 1 !== revision) return {};
    const segments = numbered(base.segments.toSorted((a, b) => a.order_index - b.order_index));
    const after = operations.reduce((doc, operation) => applyOperation(doc, operation), {
      project: { ...base, segments, revision },
      items: baseItems,
    });
    const left = pending.filter((one) => (one.revision ?? Infinity) > revision);
    const next: Partial<DocumentState> = { base: after.project, baseItems: after.items };
    return { ...next, pending: left, ...withLost(state, after.project.segments, after.items) };
  });
}
