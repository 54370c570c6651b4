// Requests that make takes: of what a segment asks for, and further ones on purpose. `id` is made here: what
// is sent again under it starts nothing further. `max_cost` is a decimal string; what may cost more is
// refused before anything starts.
import { http, only } from "./client";
import type { Segment, TakesPrice } from "./types";

const atMost = (max_cost: string | null) => (max_cost === null ? {} : { max_cost });

/**
 * Generates what segments ask for now, for all of them or, where that is refused, for none. What is there,
 * or under way, already is not started again. `max_cost` is for all together.
 */
export const generateSegments = (
  id: string,
  project_id: string,
  segment_ids: readonly string[],
  max_cost: string | null,
): Promise<unknown> =>
  only(
    http.POST("/api/projects/{project_id}/generate", {
      params: { path: { project_id } },
      body: { id, segment_ids: [...segment_ids], ...atMost(max_cost) },
    }),
  );

/**
 * Asks for `count` more takes of the same request, on purpose; `max_cost` is for all together. Each has
 * a seed of its own unless `keep_seed`.
 */
export const createTakes = (
  id: string,
  segment_id: string,
  count: number,
  max_cost: string | null,
  keep_seed: boolean,
): Promise<Segment> =>
  only(
    http.POST("/api/segments/{segment_id}/takes", {
      params: { path: { segment_id } },
      body: { id, count, keep_seed, ...atMost(max_cost) },
    }),
  );

/** What `count` more takes would be and cost, should they be asked for now; starts nothing. */
export const priceTakes = (id: string, count: number): Promise<TakesPrice> =>
  only(
    http.GET("/api/segments/{segment_id}/takes/price", {
      params: { path: { segment_id: id }, query: { count } },
    }),
  );
