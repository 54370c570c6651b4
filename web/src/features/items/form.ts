// What every part of an item's form works with.
import type { ItemChange } from "@/engine/items";
import { editItem } from "@/lib/actions/editItem";
import { WHOLE } from "@/lib/actions/perform";
import { type FindProblem, useItemProblems } from "@/lib/hooks/useProblems";
import type { Item } from "@/lib/itemRequests";

export interface ItemForm {
  item: Item;
  find: FindProblem;
  /** Types into some of the item's fields; edits of different parts within a field are steps of their own. */
  set: (fields: Readonly<Record<string, unknown>>, part?: string) => void;
  /** Changes fields at once, by a switch or a choice: a step of its own, and so are the two below. */
  choose: (fields: Readonly<Record<string, unknown>>) => void;
  /** Makes a field as if it had never been given. */
  unset: (field: string) => void;
  change: (change: ItemChange) => void;
}

export function useItemForm(item: Item): ItemForm {
  const find = useItemProblems(item.id, item.kind);
  return {
    item,
    find,
    change: (change) => editItem(item.id, change, WHOLE),
    set: (fields, part) => editItem(item.id, { fields }, part),
    choose: (fields) => editItem(item.id, { fields }, WHOLE),
    unset: (field) => {
      if (field in item.fields) editItem(item.id, { unset: [field] }, WHOLE);
    },
  };
}

/** `error` and `fix` of a field, for spreading into its control. */
export function at(find: FindProblem, field: string) {
  const problem = find(field);
  return { error: problem?.message, fix: problem?.fix };
}
