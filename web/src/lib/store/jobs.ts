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

/** Notes whether a job is making a take for a segment; how far it was before is told no more. */
export function noteMaking(segmentId: string, jobId: string, isMaking: boolean): void {
  delete waiting[segmentId];
  useJobs.setState(({ making, progress }) => {
    const others = (making[segmentId] ?? []).filter((id) => id !== jobId);
    const { [segmentId]: _before, ...rest } = progress;
    return {
      making: { ...making, [segmentId]: isMaking ? [...others, jobId] : others },
      progress: segmentId in progress ? rest : progress,
    };
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
