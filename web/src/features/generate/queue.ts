// What is being generated now, and what waits for its turn. Pure.
import type { Segment } from "@/api/types";

export interface QueueRow {
  segment: Segment;
  isRunning: boolean;
  /** 0..1; null while nobody knows. */
  progress: number | null;
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
    return [{ segment, isRunning, progress: share }];
  });
}

/** "2 generating, 1 queued". */
export function queueText(rows: readonly QueueRow[]): string {
  const running = rows.filter(({ isRunning }) => isRunning).length;
  const waiting = rows.length - running;
  return [running > 0 && `${running} generating`, waiting > 0 && `${waiting} queued`]
    .filter(Boolean)
    .join(", ");
}
