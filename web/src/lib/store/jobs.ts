// Progress of work under way, by segment. Kept apart from the document: it comes many times a second.
import { create } from "zustand";

interface JobsState {
  /** Segment id -> 0..1. */
  progress: Readonly<Record<string, number>>;
  /** Segment id -> ids of the jobs that make takes for it. */
  making: Readonly<Record<string, readonly string[]>>;
}

export const useJobs = create<JobsState>(() => ({ progress: {}, making: {} }));

export const useSegmentProgress = (segmentId: string): number | null =>
  useJobs((state) => state.progress[segmentId] ?? null);

export const useIsMaking = (segmentId: string): boolean =>
  useJobs((state) => (state.making[segmentId]?.length ?? 0) > 0);

/** Notes whether a job is making a take for a segment. */
export function noteMaking(segmentId: string, jobId: string, isMaking: boolean): void {
  useJobs.setState(({ making }) => {
    const others = (making[segmentId] ?? []).filter((id) => id !== jobId);
    return { making: { ...making, [segmentId]: isMaking ? [...others, jobId] : others } };
  });
}

/** Between two of these the browser has nothing to paint, and a click shows sooner. */
const FLUSH_MS = 250;
let waiting: Record<string, number> = {};
let timer: ReturnType<typeof setTimeout> | null = null;

/** Notes progress; ticks are collected and shown at most four times a second. */
export function noteProgress(segmentIds: readonly string[], share: number): void {
  for (const id of segmentIds) waiting[id] = share;
  if (timer === null) timer = setTimeout(flush, FLUSH_MS);
}

function flush(): void {
  const fresh = waiting;
  waiting = {};
  timer = null;
  useJobs.setState(({ progress }) => ({ progress: { ...progress, ...fresh } }));
}

/** Forgets the progress of a segment whose work is over. */
export function clearProgress(segmentId: string): void {
  delete waiting[segmentId];
  useJobs.setState(({ progress }) => {
    const { [segmentId]: _done, ...rest } = progress;
    return { progress: rest };
  });
}
