// Sending edits of items: kept on the screen when the server refuses, with the reason at the field.
import { asProblem } from "@/api/problem";
import { bothChanges, type ItemChange } from "@/engine/items";
import { dropEdit } from "@/engine/overlay";
import { type Item, updateItem } from "../itemRequests";
import { refreshPlan } from "../refresh";
import { changeDocument, useDocument } from "../store/document";
import { write } from "../store/writes";
import { sayProblem } from "../toast";

/** Sends every edit that waits. `again` is what the offer to try again does. */
export async function sendItemEdits(again: () => void): Promise<void> {
  const ids = Object.keys(useDocument.getState().itemEdits);
  await Promise.all(ids.map((id) => send(id, again)));
}

async function send(id: string, again: () => void): Promise<void> {
  const { itemEdits, baseItems } = useDocument.getState();
  const [change, kind] = [itemEdits[id], baseItems.find((item) => item.id === id)?.kind];
  if (change === undefined || kind === undefined) return drop(id);
  changeDocument((state) => ({
    itemEdits: dropEdit(state.itemEdits, id),
    itemSending: { ...state.itemSending, [id]: bothChanges(state.itemSending[id], change) },
  }));
  try {
    confirm(id, await write((revision) => updateItem(id, kind, change, revision)));
    refreshPlan();
  } catch (error) {
    putBack(id, change, error, again);
  }
}

function drop(id: string): void {
  changeDocument(({ itemEdits }) => ({ itemEdits: dropEdit(itemEdits, id) }));
}

function confirm(id: string, saved: Item): void {
  changeDocument(({ baseItems, itemSending }) => ({
    itemSending: dropEdit(itemSending, id),
    baseItems: baseItems.map((old) => (old.id === id ? saved : old)),
  }));
}

function putBack(id: string, change: ItemChange, error: unknown, again: () => void): void {
  const problem = asProblem(error);
  const isGone = problem.status === 404;
  changeDocument(({ itemEdits, itemSending, fieldProblems }) => ({
    itemSending: dropEdit(itemSending, id),
    itemEdits: isGone
      ? itemEdits
      : { ...itemEdits, [id]: itemEdits[id] ? bothChanges(change, itemEdits[id]) : change },
    fieldProblems: { ...fieldProblems, [id]: problem.fields },
  }));
  if (problem.fields.length === 0) {
    sayProblem(isGone ? "This was removed elsewhere" : "Not saved", error, again);
  }
}
