// Taking an item off the film; undo brings it back.
import { useDocument } from "../store/document";
import { announce, selectItem, useSession } from "../store/session";
import { say } from "../toast";
import { ITEM_NAMES } from "./itemNames";
import { perform } from "./perform";
import { undo } from "./undo";

export async function deleteItem(id: string): Promise<void> {
  const item = useDocument.getState().items.find((one) => one.id === id);
  if (item === undefined) return;
  if (useSession.getState().selectedItemId === id) selectItem(null);
  perform(`removal of ${ITEM_NAMES[item.kind]}`, [{ type: "delete_items", items: [id] }]);
  announce("Removed");
  say("Removed from the film", { label: "Undo", run: undo });
}
