// Edits that commands put together out of the actions. Product rules of an edit live in the actions.
import { trimmedBy } from "@/engine/clipTime";
import { deleteItem } from "@/lib/actions/deleteItem";
import { deleteSegments } from "@/lib/actions/deleteSegments";
import { duplicateItem } from "@/lib/actions/duplicateItem";
import { duplicateSegments } from "@/lib/actions/duplicateSegments";
import { editSegment } from "@/lib/actions/editSegment";
import { moveSegments } from "@/lib/actions/moveSegments";
import { openProject } from "@/lib/store/document";
import { announce, selectedInOrder, useSession } from "@/lib/store/session";
import { atPlayhead } from "./selected";

/** What the inspector shows is what goes. */
export function deleteSelection(): Promise<void> {
  const { selectedItemId } = useSession.getState();
  return selectedItemId === null ? deleteSegments(selectedInOrder()) : deleteItem(selectedItemId);
}

/** Copies what the inspector shows, or all chosen segments, behind them. */
export function duplicateSelection(): void {
  const { selectedItemId } = useSession.getState();
  if (selectedItemId !== null) void duplicateItem(selectedItemId);
  else void duplicateSegments(selectedInOrder());
}

/** Moves the chosen segments together by `delta` places, stopping at the ends. */
export function moveChosen(delta: number): void {
  const ids = selectedInOrder();
  const first = openProject().segments.findIndex(({ id }) => id === ids[0]);
  void moveSegments(ids, Math.max(0, first + delta));
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
