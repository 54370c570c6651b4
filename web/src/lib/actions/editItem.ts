// Editing an item: shown at once, sent when typing pauses, kept when the server refuses.
import { itemEdit } from "@/engine/edits";
import type { ItemChange } from "@/engine/items";
import { without } from "@/engine/without";
import { changeDocument } from "../store/document";
import { ITEM_NAMES } from "./itemNames";
import { perform, shownDoc, WHOLE } from "./perform";

/** `part`: what is edited within the fields. See `editSegment`. */
export function editItem(id: string, change: ItemChange, part: string | null = ""): void {
  const doc = shownDoc();
  const edit = itemEdit(doc, id, change);
  const item = doc.items.find((one) => one.id === id);
  if (edit === null || item === undefined) return;
  changeDocument(({ fieldProblems }) => ({ fieldProblems: without(fieldProblems, id) }));
  const { fields = {}, unset = [], ...tied } = change;
  const named = [...Object.keys(tied), ...Object.keys(fields), ...unset].sort();
  const label = `edit of ${ITEM_NAMES[item.kind]}`;
  perform(label, [edit], part === WHOLE ? {} : { key: `${id} ${named.join(" ")} ${part}` });
}
