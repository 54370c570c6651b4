// What is being generated now, and what waits for its turn. Pure.
import type { Segment } from "@/api/types";

export interface QueueRow {
  segment: Segment;
  isRunning: boolean;
  /** 0..1; null while nobody knows. */
  progress: number | null;
  /** What is generated for it. */
  jobIds: readonly string[];
  /** Why it waits, where that is more than its turn. */
  reason: string | null;
}

/** States of a job in which a model works on it. */
const RUNNING = new Set(["submitting", "submitted", "fetching"]);
const OVER = new Set(["needs_attention", "succeeded", "failed", "cancelled"]);

/** The segments with work under way, in the film's order. `progress` is by segment. */
export function queueOf(
  segments: readonly Segment[],
  progress: Readonly<Record<string, number>>,
): QueueRow[] {
  return segments.flatMap((segment) => {
    const others = segment.other_jobs.filter(({ state }) => !OVER.has(state));
    if (segment.status !== "generating" && others.length === 0) return [];
    const share = progress[segment.id] ?? segment.progress;
    const isRunning = (share ?? 0) > 0 || others.some(({ state }) => RUNNING.has(state));
    const own = segment.status === "generating" && segment.job_id !== null ? [segment.job_id] : [];
    const jobIds = [...own, ...others.map(({ id }) => id)];
    const reason = isRunning ? null : whyItWaits(segment, others);
    return [{ segment, isRunning, progress: share, jobIds, reason }];
  });
}

const whyItWaits = ({ status, error_message }: Segment, others: Segment["other_jobs"]) =>
  (status === "generating" ? error_message : null) ??
  others.find((job) => job.error_message !== null)?.error_message ??
  null;

/** "2 generating, 1 queued". */
export function queueText(rows: readonly QueueRow[]): string {
  const running = rows.filter(({ isRunning }) => isRunning).length;
  const waiting = rows.length - running;
  return [running > 0 && `${running} generating`, waiting > 0 && `${waiting} queued`]
    .filter(Boolean)
    .join(", ");
}
