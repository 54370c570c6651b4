// Requests that make takes: of what a segment asks for, and further ones on purpose. `max_cost` is a
// decimal string; what may cost more is refused before anything starts.
import { http, only } from "./client";
import type { Segment, TakesPrice } from "./types";

const about = (segment_id: string) => ({ params: { path: { segment_id } } });
const atMost = (max_cost: string | null) => (max_cost === null ? {} : { max_cost });

/** Generates what the segment asks for now. Does nothing when it is there, or under way, already. */
export const generateSegment = (id: string, max_cost: string | null): Promise<Segment> =>
  only(http.POST("/api/segments/{segment_id}/retry", { ...about(id), body: atMost(max_cost) }));

/**
 * Asks for `count` more takes of the same request, on purpose; `max_cost` is for all together. Each has
 * a seed of its own unless `keep_seed`.
 */
export const createTakes = (
  id: string,
  count: number,
  max_cost: string | null,
  keep_seed: boolean,
): Promise<Segment> =>
  only(
    http.POST("/api/segments/{segment_id}/takes", {
      ...about(id),
      body: { count, keep_seed, ...atMost(max_cost) },
    }),
  );

/** What `count` more takes would be and cost, should they be asked for now; starts nothing. */
export const priceTakes = (id: string, count: number): Promise<TakesPrice> =>
  only(
    http.GET("/api/segments/{segment_id}/takes/price", {
      params: { path: { segment_id: id }, query: { count } },
    }),
  );
