// What is being generated now, what waits for its turn, and what waits for a person. Pure.
import type { Segment } from "@/api/types";

export interface QueueRow {
  segment: Segment;
  isUnderWay: boolean;
  isRunning: boolean;
  /** Nobody knows whether something for it was bought, or it was and is not here. */
  needsYou: boolean;
  /** What is generated for it. */
  jobIds: readonly string[];
  /** Why it waits, where that is more than its turn. */
  reason: string | null;
}

/** States of a job in which a model works on it. */
const RUNNING = new Set(["submitting", "submitted", "fetching"]);
const OVER = new Set(["needs_attention", "succeeded", "failed", "cancelled"]);

/** The segments with work under way or in doubt, in the film's order, as the server last told of
 * them. */
export function queueOf(segments: readonly Segment[]): QueueRow[] {
  return segments.flatMap((segment) => {
    const others = segment.other_jobs.filter(({ state }) => !OVER.has(state));
    const isUnderWay = segment.status === "generating" || others.length > 0;
    const doubt = doubtOf(segment);
    if (!isUnderWay && doubt === null) return [];
    const isRunning = (segment.progress ?? 0) > 0 || others.some(({ state }) => RUNNING.has(state));
    const own = segment.status === "generating" && segment.job_id !== null ? [segment.job_id] : [];
    const jobIds = [...own, ...others.map(({ id }) => id)];
    const reason = doubt ?? (isRunning ? null : whyItWaits(segment, others));
    return [{ segment, isUnderWay, isRunning, needsYou: doubt !== null, jobIds, reason }];
  });
}

/** The same row once its progress (0..1; null while nobody knows) has been told. */
export const withProgress = (row: QueueRow, progress: number | null): QueueRow =>
  row.isRunning || !row.isUnderWay || !progress
    ? row
    : { ...row, isRunning: true, reason: row.needsYou ? row.reason : null };

/** Those that wait for a person first, then those that run, and as many of the others as a list can
 * hold. */
export function shownOf(rows: readonly QueueRow[], most: number): QueueRow[] {
  if (rows.length <= most) return [...rows];
  const rank = ({ needsYou, isRunning }: QueueRow) => (needsYou ? 0 : isRunning ? 1 : 2);
  return rows.toSorted((one, other) => rank(one) - rank(other)).slice(0, most);
}

/** What is said of a doubt; null where there is none. */
function doubtOf({ status, error_message, other_jobs }: Segment): string | null {
  const unclear = "waits for your decision";
  if (status === "needs_attention") return error_message ?? unclear;
  const other = other_jobs.find(({ state }) => state === "needs_attention");
  return other ? (other.error_message ?? unclear) : null;
}

const whyItWaits = ({ status, error_message }: Segment, others: Segment["other_jobs"]) =>
  (status === "generating" ? error_message : null) ??
  others.find((job) => job.error_message !== null)?.error_message ??
  null;

/** "2 generating, 1 queued, 1 needs you". `progress` is by segment. */
export function queueText(
  rows: readonly QueueRow[],
  progress: Readonly<Record<string, number>>,
): string {
  const underWay = rows.filter((row) => row.isUnderWay);
  const running = underWay.filter(
    ({ isRunning, segment }) => isRunning || (progress[segment.id] ?? 0) > 0,
  ).length;
  const waiting = underWay.length - running;
  const asking = rows.filter(({ needsYou }) => needsYou).length;
  return [
    running > 0 && `${running} generating`,
    waiting > 0 && `${waiting} queued`,
    asking > 0 && `${asking} ${asking === 1 ? "needs" : "need"} you`,
  ]
    .filter(Boolean)
    .join(", ");
}
