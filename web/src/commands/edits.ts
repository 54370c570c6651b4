// Edits that commands put together out of the actions. Product rules of an edit live in the actions.
import { trimmedBy } from "@/engine/clipTime";
import { framesPerSecond } from "@/engine/frameRate";
import { changeItem } from "@/lib/actions/changeItem";
import { deleteItem } from "@/lib/actions/deleteItem";
import { deleteSegments } from "@/lib/actions/deleteSegments";
import { duplicateItem } from "@/lib/actions/duplicateItem";
import { duplicateSegments } from "@/lib/actions/duplicateSegments";
import { editSegment } from "@/lib/actions/editSegment";
import { openFilm } from "@/lib/actions/fitting";
import { moveSegments } from "@/lib/actions/moveSegments";
import { WHOLE } from "@/lib/actions/perform";
import { openProject } from "@/lib/store/document";
import { usePlayer } from "@/lib/store/player";
import { announce, selectedInOrder, useSession } from "@/lib/store/session";
import { atPlayhead, itemAtPlayhead } from "./selected";

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

/** Trims what the inspector shows so that it begins or ends at the playhead. */
export function trimToPlayhead(edge: "start" | "end"): void {
  if (useSession.getState().selectedItemId === null) trimSegment(edge);
  else trimItem(edge);
}

function trimItem(edge: "start" | "end"): void {
  const placed = itemAtPlayhead();
  if (placed === null) return;
  const { segments, settings } = openProject();
  const view = { film: openFilm(), segments, fps: framesPerSecond(settings.fps) };
  changeItem(placed, edge, usePlayer.getState().time - placed.span[edge], view);
}

/** What follows closes up. The playhead stays on its picture: that is the first one then, or just over. */
function trimSegment(edge: "start" | "end"): void {
  const at = atPlayhead();
  if (at === null) return;
  const { segment, fps } = at;
  const delta = edge === "start" ? at.before : -at.after;
  editSegment(segment.id, { trim: trimmedBy(segment, edge, delta, fps) }, WHOLE);
  if (edge === "start")
    usePlayer.getState().player?.seek(openFilm().start[segment.order_index] ?? 0);
  const number = segment.order_index + 1;
  announce(`Segment ${number} now ${edge === "start" ? "begins" : "ends"} at the playhead`);
}
