// When each item of the open project is on the film.
import { type UseQueryResult, useQueries } from "@tanstack/react-query";
import { getMedia } from "@/api/media";
import type { Media, Segment } from "@/api/types";
import type { FilmLayout } from "@/engine/filmLayout";
import { placesOf, spanOf } from "@/engine/items";
import type { Item } from "../itemRequests";
import type { PlacedItem } from "../placedItem";
import { keys } from "../queryClient";
import { useDocument, useProject } from "../store/document";
import { useFilmLayout } from "./useFilmLayout";

export type { PlacedItem };

/** What the places of items follow from. files: as `fileIds` names them, once they are known. */
interface Given {
  segments: readonly Segment[];
  items: readonly Item[];
  film: FilmLayout;
  files: readonly (Media | undefined)[];
}

/** Many ask for the same items; typing and news replace segments that stand where they stood. */
let latest: { given: Given; placed: readonly PlacedItem[] } | null = null;

/** From the lowest to the topmost. */
export function usePlacedItems(): readonly PlacedItem[] {
  const { segments } = useProject();
  const items = useDocument((state) => state.items);
  const given = { segments, items, film: useFilmLayout(), files: useFiles(items) };
  const placed = latest && isAlike(latest.given, given) ? latest.placed : place(given);
  latest = { given, placed };
  return placed;
}

function useFiles(items: readonly Item[]): readonly (Media | undefined)[] {
  return useQueries({
    queries: fileIds(items).map((id) => ({
      queryKey: keys.media(id),
      queryFn: () => getMedia(id),
      staleTime: Infinity,
    })),
    combine: answersOf,
  });
}

const fileIds = (items: readonly Item[]): string[] => [
  ...new Set(items.flatMap(({ media }) => media ?? [])),
];

const answersOf = (results: UseQueryResult<Media>[]): (Media | undefined)[] =>
  results.map(({ data }) => data);

function isAlike(one: Given, other: Given): boolean {
  if (one.items !== other.items || one.film !== other.film) return false;
  return areSame(one.files, other.files, same) && areSame(one.segments, other.segments, sameId);
}

function areSame<T>(
  some: readonly T[],
  others: readonly T[],
  isSame: (one: T, other: T) => boolean,
): boolean {
  if (some === others) return true;
  return some.length === others.length && some.every((one, at) => isSame(one, others[at] as T));
}

const same = (one: unknown, other: unknown): boolean => one === other;
const sameId = (one: { id: string }, other: { id: string }): boolean => one.id === other.id;

function place({ segments, items, film, files }: Given): PlacedItem[] {
  const places = placesOf(segments);
  const known = new Map(fileIds(items).map((id, at) => [id, files[at]]));
  return items.map((item) => {
    const media = known.get(item.media ?? "");
    return { item, media, span: spanOf(item, film, places, media?.duration_seconds ?? null) };
  });
}
