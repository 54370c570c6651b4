// When each item of the open project is on the film.
import { useQueries } from "@tanstack/react-query";
import { getMedia } from "@/api/media";
import { placesOf, spanOf } from "@/engine/items";
import type { PlacedItem } from "../placedItem";
import { keys } from "../queryClient";
import { useDocument, useProject } from "../store/document";
import { useFilmLayout } from "./useFilmLayout";

export type { PlacedItem };

/** From the lowest to the topmost. */
export function usePlacedItems(): PlacedItem[] {
  const { segments } = useProject();
  const items = useDocument((state) => state.items);
  const film = useFilmLayout();
  const fileIds = [...new Set(items.flatMap(({ media }) => media ?? []))];
  const answers = useQueries({
    queries: fileIds.map((id) => ({
      queryKey: keys.media(id),
      queryFn: () => getMedia(id),
      staleTime: Infinity,
    })),
  });
  const files = new Map(fileIds.map((id, index) => [id, answers[index]?.data]));
  const places = placesOf(segments);
  return items.map((item) => {
    const media = item.media === null ? undefined : files.get(item.media);
    return { item, media, span: spanOf(item, film, places, media?.duration_seconds ?? null) };
  });
}
