// What there is to choose from: clips made for this film, page by page, and files that were sent.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { listProjectTakes, TAKES_A_PAGE } from "@/api/segments";
import type { Media, Take } from "@/api/types";
import { type FileEntry, fileEntries, type TakeEntry, takeEntries } from "@/engine/library";
import { useAllMedia } from "@/lib/queries";
import { keys } from "@/lib/queryClient";
import { useDocument, useProject } from "@/lib/store/document";

const NO_FILES: readonly Media[] = [];

/** Files of the kinds in `kinds`, the newest first; undefined until they are here. */
export function useFiles(kinds: ReadonlySet<Media["kind"]>) {
  const { segments } = useProject();
  const items = useDocument((state) => state.items);
  const query = useAllMedia();
  const files = query.data ?? NO_FILES;
  const entries = useMemo(
    (): FileEntry<Media>[] =>
      fileEntries(
        files.filter(({ kind }) => kinds.has(kind)),
        segments,
        items,
      ),
    [files, kinds, segments, items],
  );
  return { query, entries };
}

/**
 * Clips made for any segment of the open project. `isSearched`: something among them is looked for, so
 * all of them are fetched.
 */
export function useMade(isSearched: boolean) {
  const { id, segments } = useProject();
  const query = useInfiniteQuery({
    queryKey: keys.projectTakes(id),
    queryFn: ({ pageParam }) => listProjectTakes(id, pageParam),
    initialPageParam: 0,
    getNextPageParam: (page, pages) =>
      page.length < TAKES_A_PAGE ? null : pages.length * TAKES_A_PAGE,
  });
  const { hasNextPage, isFetching, isError, fetchNextPage } = query;
  useEffect(() => {
    if (isSearched && hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [isSearched, hasNextPage, isFetching, isError, fetchNextPage]);
  const pages = query.data?.pages;
  const entries = useMemo(
    (): TakeEntry<Take>[] => takeEntries(pages?.flat() ?? [], segments),
    [pages, segments],
  );
  return { query, entries };
}
