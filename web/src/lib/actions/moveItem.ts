// Moving an item above or below its neighbour of the same kind.
import { movePast } from "@/engine/items";
import { useDocument } from "../store/document";
import { announce } from "../store/session";
import { ITEM_NAMES } from "./itemNames";
import { perform } from "./perform";

/** Moves an item past its neighbour of the same kind: below it (-1) or above it (1). */
export async function moveItem(id: string, delta: -1 | 1): Promise<void> {
  const { items } = useDocument.getState();
  const order = movePast(items, id, delta);
  const at = order.indexOf(id);
  const item = items.find((one) => one.id === id);
  if (item === undefined || items[at]?.id === id) return;
  const [after, before] = [order[at - 1] ?? null, order[at + 1] ?? null];
  const label = `move of ${ITEM_NAMES[item.kind]}`;
  perform(label, [{ type: "move_items", items: [id], after, before }]);
  announce(delta > 0 ? "Moved up" : "Moved down");
}
