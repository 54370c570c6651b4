// What every part of an item's form works with.
import type { ItemChange } from "@/engine/items";
import { editItem } from "@/lib/actions/editItem";
import { type FindProblem, useItemProblems } from "@/lib/hooks/useProblems";
import type { Item } from "@/lib/itemRequests";

export interface ItemForm {
  item: Item;
  find: FindProblem;
  /** Changes some of the item's fields. */
  set: (fields: Readonly<Record<string, unknown>>) => void;
  change: (change: ItemChange) => void;
}

export function useItemForm(item: Item): ItemForm {
  const find = useItemProblems(item.id, item.kind);
  const change = (part: ItemChange) => editItem(item.id, part);
  return { item, find, change, set: (fields) => change({ fields }) };
}

/** `error` and `fix` of a field, for spreading into its control. */
export function at(find: FindProblem, field: string) {
  const problem = find(field);
  return { error: problem?.message, fix: problem?.fix };
}
