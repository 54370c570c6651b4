// Edits that commands put together out of the actions. Product rules of an edit live in the actions.
import { trimmedBy } from "@/engine/clipTime";
import { deleteItem } from "@/lib/actions/deleteItem";
import { deleteSegments } from "@/lib/actions/deleteSegments";
import { editSegment } from "@/lib/actions/editSegment";
import { announce, selectedInOrder, useSession } from "@/lib/store/session";
import { atPlayhead } from "./selected";

/** What the inspector shows is what goes. */
export function deleteSelection(): Promise<void> {
  const { selectedItemId } = useSession.getState();
  return selectedItemId === null ? deleteSegments(selectedInOrder()) : deleteItem(selectedItemId);
}

/** Trims the segment under the playhead so that it begins or ends there; the rest closes up. */
export function trimToPlayhead(edge: "start" | "end"): void {
  const at = atPlayhead();
  if (at === null) return;
  const delta = edge === "start" ? at.before : -at.after;
  editSegment(at.segment.id, { trim: trimmedBy(at.segment, edge, delta, at.fps) });
  const number = at.segment.order_index + 1;
  announce(`Segment ${number} now ${edge === "start" ? "begins" : "ends"} at the playhead`);
}
