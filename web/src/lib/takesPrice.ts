// What further takes of a segment would cost, as the server says it; asked again when the segment was
// edited, or has got a take.
import { useQuery } from "@tanstack/react-query";
import { priceTakes } from "@/api/generation";
import type { Price, Segment } from "@/api/types";
import { keys, queryClient } from "./queryClient";

const keyOf = (segment: Segment, count: number) =>
  [...keys.takes(segment.id), "price", count, segment.updated_at] as const;

/** The price of `count` further takes; undefined until it is known. */
export function useTakesPrice(segment: Segment, count: number): Price | undefined {
  return useQuery({
    queryKey: keyOf(segment, count),
    queryFn: () => priceTakes(segment.id, count),
    enabled: segment.media === null,
    retry: false,
  }).data?.price;
}

/** The same as far as it was asked for already. */
export const knownTakesPrice = (segment: Segment, count: number): Price | undefined =>
  queryClient.getQueryData<{ price: Price }>(keyOf(segment, count))?.price;
