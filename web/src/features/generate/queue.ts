// What is being generated now, and what waits for its turn. Pure.
import type { Segment } from "@/api/types";

export interface QueueRow {
  segment: Segment;
  isRunning: boolean;
  /** What is generated for it. */
  jobIds: readonly string[];
  /** Why it waits, where that is more than its turn. */
  reason: string | null;
}

/** States of a job in which a model works on it. */
const RUNNING = new Set(["submitting", "submitted", "fetching"]);
const OVER = new Set(["needs_attention", "succeeded", "failed", "cancelled"]);

/** The segments with work under way, in the film's order, as the server last told of them. */
export function queueOf(segments: readonly Segment[]): QueueRow[] {
  return segments.flatMap((segment) => {
    const others = segment.other_jobs.filter(({ state }) => !OVER.has(state));
    if (segment.status !== "generating" && others.length === 0) return [];
    const isRunning = (segment.progress ?? 0) > 0 || others.some(({ state }) => RUNNING.has(state));
    const own = segment.status === "generating" && segment.job_id !== null ? [segment.job_id] : [];
    const jobIds = [...own, ...others.map(({ id }) => id)];
    const reason = isRunning ? null : whyItWaits(segment, others);
    return [{ segment, isRunning, jobIds, reason }];
  });
}

/** The same row once its progress (0..1; null while nobody knows) has been told. */
export const withProgress = (row: QueueRow, progress: number | null): QueueRow =>
  row.isRunning || !progress ? row : { ...row, isRunning: true, reason: null };

/** Those that run first, and as many of the others as a list can hold. */
export function shownOf(rows: readonly QueueRow[], most: number): QueueRow[] {
  if (rows.length <= most) return [...rows];
  const [running, waiting] = [true, false].map((isRunning) =>
    rows.filter((row) => row.isRunning === isRunning),
  );
  return [...(running ?? []), ...(waiting ?? [])].slice(0, most);
}

const whyItWaits = ({ status, error_message }: Segment, others: Segment["other_jobs"]) =>
  (status === "generating" ? error_message : null) ??
  others.find((job) => job.error_message !== null)?.error_message ??
  null;

/** "2 generating, 1 queued". `progress` is by segment. */
export function queueText(
  rows: readonly QueueRow[],
  progress: Readonly<Record<string, number>>,
): string {
  const running = rows.filter(
    ({ isRunning, segment }) => isRunning || (progress[segment.id] ?? 0) > 0,
  ).length;
  const waiting = rows.length - running;
  return [running > 0 && `${running} generating`, waiting > 0 && `${waiting} queued`]
    .filter(Boolean)
    .join(", ");
}
