// Deciding about an edit that met another person's edit of the same thing.
import type { Segment } from "@/api/types";
import { itemEdit, segmentEdit } from "@/engine/edits";
import { contentOf, itemContentOf } from "@/engine/inverse";
import {
  applyOperation,
  type Change,
  type Doc,
  type Fields,
  type Operation,
} from "@/engine/operations";
import { newId } from "../ids";
import type { Item } from "../itemRequests";
import { type Conflict, dropConflict } from "../store/conflicts";
import { announce } from "../store/session";
import { ITEM_NAMES } from "./itemNames";
import { perform, shownDoc } from "./perform";

/** What the other person wrote stays. */
export function keepTheirs(conflict: Conflict): void {
  dropConflict(conflict.id);
  announce("Kept as it is");
}

/** The edit is done again, on what stands there now; what is gone by now comes in again. */
export function takeMine(conflict: Conflict): void {
  const doc = shownDoc();
  const changes = conflict.operations.flatMap((operation) => again(doc, operation) ?? []);
  if (changes.length === 0) return restoreAsNew(conflict);
  dropConflict(conflict.id);
  perform(conflict.undoing ?? "decision for your version", changes);
  announce("Your version is used");
}

/** The edit as it would be made by somebody who has seen what stands there now. */
function again(doc: Doc, operation: Operation): Change | null {
  switch (operation.type) {
    case "edit_segment":
      return segmentEdit(doc, operation.segment, operation.set);
    case "edit_item": {
      const { media, segment, fields, unset } = operation.set;
      const edit = itemEdit(doc, operation.item, {
        ...(media != null && { media }),
        ...(segment !== undefined && { segment }),
        fields,
      });
      return edit?.type === "edit_item" ? { ...edit, set: { ...edit.set, unset } } : edit;
    }
    case "choose_take":
      return { ...operation, was: null };
    case "delete_segments":
      return { ...operation, was: {} };
    case "edit_project":
      return { ...operation, was: {} };
    default:
      return operation;
  }
}

/** What somebody deleted comes in again as something new, with the edit in it. */
export function restoreAsNew(conflict: Conflict): void {
  const { lost, lostItem } = conflict;
  dropConflict(conflict.id);
  if (lost !== null) restoreSegment(lost, conflict);
  else if (lostItem !== null) restoreItem(lostItem, conflict);
}

function restoreSegment(lost: Segment, { operations }: Conflict): void {
  const edits = operations.flatMap((one) =>
    one.type === "edit_segment" && one.segment === lost.id ? [one.set] : [],
  );
  const whole: Fields = Object.assign({}, contentOf(lost), ...edits);
  const { segments } = shownDoc().project;
  const at = Math.min(lost.order_index, segments.length);
  const place = { after: segments[at - 1]?.id ?? null, before: segments[at]?.id ?? null };
  const segment = { ...whole, id: newId() };
  perform("restoring of segment", [{ type: "insert_segments", segments: [segment], ...place }]);
  announce("Restored as a new segment");
}

/** Above all others; what it was tied to may have gone with it. */
function restoreItem(lost: Item, { operations }: Conflict): void {
  const alone: Doc = { project: { segments: [] }, items: [lost] };
  const [edited = lost] = operations.reduce(applyOperation, alone).items;
  const { project, items } = shownDoc();
  const isTied = project.segments.some(({ id }) => id === edited.segment);
  const item = itemContentOf(isTied ? edited : { ...edited, segment: null });
  const after = items.at(-1)?.id ?? null;
  perform(`restoring of ${ITEM_NAMES[lost.kind]}`, [
    { type: "insert_items", items: [{ id: newId(), item }], after },
  ]);
  announce("Restored");
}
