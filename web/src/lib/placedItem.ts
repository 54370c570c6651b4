// An item together with when it is on the film, for whoever is no component.
import type { Media } from "@/api/types";
import { placesOf, type Span, spanOf } from "@/engine/items";
import { openFilm } from "./actions/fitting";
import type { Item } from "./itemRequests";
import { keys, queryClient } from "./queryClient";
import { openProject, useDocument } from "./store/document";

export interface PlacedItem {
  item: Item;
  span: Span;
  /** The file behind it, once it is known. */
  media: Media | undefined;
}

/** Where an item of the open project is now; null for one that is not there. */
export function placedItem(id: string): PlacedItem | null {
  const item = useDocument.getState().items.find((one) => one.id === id);
  if (item === undefined) return null;
  const media =
    item.media === null ? undefined : queryClient.getQueryData<Media>(keys.media(item.media));
  const places = placesOf(openProject().segments);
  return { item, media, span: spanOf(item, openFilm(), places, media?.duration_seconds ?? null) };
}
