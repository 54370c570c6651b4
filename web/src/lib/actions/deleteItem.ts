// Taking an item off the film; undo brings it back.
import { useDocument } from "../store/document";
import { announce } from "../store/session";
import { ITEM_NAMES } from "./itemNames";
import { offerUndo } from "./offerUndo";
import { perform } from "./perform";

export async function deleteItem(id: string): Promise<void> {
  const item = useDocument.getState().items.find((one) => one.id === id);
  if (item === undefined) return;
  const label = `removal of ${ITEM_NAMES[item.kind]}`;
  const step = perform(label, [{ type: "delete_items", items: [id] }]);
  announce("Removed");
  offerUndo("Removed from the film", step);
}
