// What every part of an item's form works with.
import type { ItemChange } from "@/engine/items";
import { editItem } from "@/lib/actions/editItem";
import { type FindProblem, useItemProblems } from "@/lib/hooks/useProblems";
import type { Item } from "@/lib/itemRequests";

export interface ItemForm {
  item: Item;
  find: FindProblem;
  /** Changes some of the item's fields; edits of different parts within a field are steps of their own. */
  set: (fields: Readonly<Record<string, unknown>>, part?: string) => void;
  /** Makes a field as if it had never been given. */
  unset: (field: string, part?: string) => void;
  change: (change: ItemChange) => void;
}

export function useItemForm(item: Item): ItemForm {
  const find = useItemProblems(item.id, item.kind);
  return {
    item,
    find,
    change: (part) => editItem(item.id, part),
    set: (fields, part) => editItem(item.id, { fields }, part),
    unset: (field, part) => {
      if (field in item.fields) editItem(item.id, { unset: [field] }, part);
    },
  };
}

/** `error` and `fix` of a field, for spreading into its control. */
export function at(find: FindProblem, field: string) {
  const problem = find(field);
  return { error: problem?.message, fix: problem?.fix };
}
