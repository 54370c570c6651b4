// A copy of what lies beside the segments: behind it where there is room, else at the same place.
import { itemContentOf } from "@/engine/inverse";
import { homeOf, type ItemLike, numberIn, placesOf } from "@/engine/items";
import { begunAt } from "../clipboard/loose";
import type { NewItem } from "../itemRequests";
import { openProject, useDocument } from "../store/document";
import { sayProblem } from "../toast";
import { addItem } from "./addItem";
import { openFilm } from "./fitting";

export async function duplicateItem(id: string): Promise<void> {
  const item = useDocument.getState().items.find((one) => one.id === id);
  if (item === undefined) return;
  try {
    await addItem(behind(item), id, "copy");
  } catch (error) {
    sayProblem("It was not copied", error);
  }
}

function behind(item: ItemLike): NewItem {
  const body = itemContentOf(item) as unknown as NewItem;
  const home = homeOf(item.segment, openFilm(), placesOf(openProject().segments)).seconds;
  const start = numberIn(item.fields, "start", 0);
  const end = numberIn(item.fields, "end", Number.POSITIVE_INFINITY);
  return end + (end - start) <= home ? begunAt(body, end) : body;
}
