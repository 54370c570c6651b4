// Putting something on the film beside its segments.
import { newId } from "../ids";
import type { Item, NewItem } from "../itemRequests";
import { useDocument } from "../store/document";
import { announce, selectItem } from "../store/session";
import { decided } from "./decided";
import { ITEM_NAMES } from "./itemNames";
import { perform } from "./perform";

/**
 * Puts an item above another, or above all, and selects it. `what`: the word for it in the history.
 * Throws ApiProblem when the server refuses.
 */
export async function addItem(
  body: NewItem,
  after = useDocument.getState().items.at(-1)?.id ?? null,
  what = "adding",
): Promise<Item> {
  const id = newId();
  // Undefined fields are no JSON.
  const item = JSON.parse(JSON.stringify(body)) as NewItem;
  const label = `${what} of ${ITEM_NAMES[body.kind]}`;
  const step = perform(label, [{ type: "insert_items", items: [{ id, item }], after }]);
  await decided(step);
  selectItem(id);
  announce(what === "adding" ? "Added" : "Copied");
  return useDocument.getState().items.find((one) => one.id === id) as Item;
}
