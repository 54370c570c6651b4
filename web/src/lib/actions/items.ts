// Adding, editing, ordering and removing what lies beside the segments.
import { bothChanges, type ItemChange, movePast } from "@/engine/items";
import { dropEdit } from "@/engine/overlay";
import {
  createItem,
  type Item,
  type NewItem,
  reorderItems,
  deleteItem as requestDelete,
} from "../itemRequests";
import { refreshPlan } from "../refresh";
import { changeDocument, openProject, useDocument } from "../store/document";
import { announce, selectItem, useSession } from "../store/session";
import { write } from "../store/writes";
import { say, sayProblem } from "../toast";
import { saveEdits, saveSoon } from "./editSegment";
import { contentOf } from "./itemContent";

/** Puts an item above the others and selects it. Throws ApiProblem. */
export async function addItem(body: NewItem): Promise<Item> {
  const { id } = openProject();
  const item = await write((revision) => createItem(id, body, revision));
  changeDocument(({ baseItems }) => ({
    baseItems: [...baseItems.filter((other) => other.id !== item.id), item],
  }));
  selectItem(item.id);
  announce("Added");
  refreshPlan();
  return item;
}

/** Shown at once, sent when typing pauses. */
export function editItem(id: string, change: ItemChange): void {
  changeDocument(({ itemEdits, fieldProblems }) => ({
    itemEdits: { ...itemEdits, [id]: bothChanges(itemEdits[id], change) },
    fieldProblems: dropEdit(fieldProblems, id),
    save: "waiting",
  }));
  saveSoon();
}

/** Takes an item off the film, with a way back. */
export async function deleteItem(id: string): Promise<void> {
  const { items } = useDocument.getState();
  const item = items.find((other) => other.id === id);
  if (item === undefined) return;
  if (useSession.getState().selectedItemId === id) selectItem(null);
  try {
    await write((revision) => requestDelete(id, revision));
    changeDocument(({ baseItems, itemEdits }) => ({
      itemEdits: dropEdit(itemEdits, id),
      baseItems: baseItems.filter((other) => other.id !== id),
    }));
    announce("Removed");
    const order = items.map((other) => other.id);
    say("Removed from the film", { label: "Undo", run: () => void restore(item, order) });
    refreshPlan();
  } catch (error) {
    sayProblem("It was not removed", error, () => void deleteItem(id));
  }
}

/** Adds a removed item again where it was in `order`. */
async function restore(item: Item, order: readonly string[]): Promise<void> {
  try {
    const { id } = await addItem(contentOf(item, item.segment));
    const place = new Map(order.map((other, index) => [other === item.id ? id : other, index]));
    const ids = useDocument.getState().baseItems.map((other) => other.id);
    const last = order.length;
    await reorder(ids.toSorted((a, b) => (place.get(a) ?? last) - (place.get(b) ?? last)));
  } catch (error) {
    sayProblem("It could not be brought back", error);
  }
}

/** Moves an item past its neighbour of the same kind: below it (-1) or above it (1). */
export async function moveItem(id: string, delta: -1 | 1): Promise<void> {
  try {
    await saveEdits();
    await reorder(movePast(useDocument.getState().baseItems, id, delta));
    announce(delta > 0 ? "Moved up" : "Moved down");
  } catch (error) {
    sayProblem("The order was not saved", error);
  }
}

async function reorder(ids: string[]): Promise<void> {
  const { id } = openProject();
  const baseItems = await write((revision) => reorderItems(id, ids, revision));
  changeDocument(() => ({ baseItems }));
  refreshPlan();
}
