// What further takes of a segment would cost and how long they take, as the server says it; asked again
// when the segment was edited, or has got a take.
import { useQuery } from "@tanstack/react-query";
import { priceTakes } from "@/api/generation";
import type { Segment, TakesPrice } from "@/api/types";
import { keys, queryClient } from "./queryClient";

const keyOf = (segment: Segment, count: number) =>
  [...keys.takes(segment.id), "price", count, segment.updated_at] as const;

/** What is told of `count` further takes; undefined until it is known. */
export function useTakesPrice(segment: Segment, count: number): TakesPrice | undefined {
  return useQuery({
    queryKey: keyOf(segment, count),
    queryFn: () => priceTakes(segment.id, count),
    enabled: segment.media === null,
    retry: false,
  }).data;
}

/** The same as far as it was asked for already. */
export const knownTakesPrice = (segment: Segment, count: number): TakesPrice | undefined =>
  queryClient.getQueryData<TakesPrice>(keyOf(segment, count));
