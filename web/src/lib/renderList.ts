// Keeping the list of renders current between two answers of the server.
import type { RenderJob } from "@/api/types";
import { keys, queryClient } from "./queryClient";

/** Newest first, with `job` in place of its older state. */
export function withJob(list: readonly RenderJob[], job: RenderJob): RenderJob[] {
  const isKnown = list.some((other) => other.id === job.id);
  return isKnown ? list.map((other) => (other.id === job.id ? job : other)) : [job, ...list];
}

/** Renders whose end the person has not been told of yet, and since when they are watched. */
const watched = new Map<string, number>();

function watch({ id }: RenderJob): void {
  if (!watched.has(id)) watched.set(id, performance.now());
}

export interface Over {
  job: RenderJob;
  /** When it was first seen to run, on the clock of `performance`. */
  since: number;
}

/** Remembers the running ones of `list`, and gives those watched ones that are over, once each. */
export function newlyOver(list: readonly RenderJob[]): Over[] {
  for (const job of list) if (isRunning(job)) watch(job);
  return list.flatMap((job) => {
    const since = watched.get(job.id);
    if (since === undefined || isRunning(job)) return [];
    watched.delete(job.id);
    return [{ job, since }];
  });
}

/** Shows a render's new state at once. */
export function noteRender(job: RenderJob): void {
  watch(job);
  queryClient.setQueryData<RenderJob[]>(keys.renders(job.project_id), (list) =>
    withJob(list ?? [], job),
  );
}

/** Whether a render still goes on by itself. */
export const isRunning = (job: RenderJob): boolean =>
  job.finished_at === null && job.status !== "needs_attention";
