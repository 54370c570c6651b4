// A plan in a few words, and what changed between two plans. Pure.
import type { PriceLike } from "./money";

export interface PlanLike {
  to_generate: number;
  reused: number;
  price: PriceLike;
  segments: { segment_id: string; action: string; price: PriceLike }[];
}

/** "1 to generate, 2 reused", "Nothing to generate, 3 reused", "No segments yet". */
export function planWork(plan: PlanLike): string {
  if (plan.segments.length === 0) return "No segments yet";
  const made = plan.to_generate > 0 ? `${plan.to_generate} to generate` : "Nothing to generate";
  return plan.reused > 0 ? `${made}, ${plan.reused} reused` : made;
}

/** What a person should know before agreeing to `after` in place of `before`, one line each. */
export function planChanges(before: PlanLike, after: PlanLike): string[] {
  const lines: string[] = [];
  const more = after.to_generate - before.to_generate;
  if (more !== 0) lines.push(`${after.to_generate} to generate instead of ${before.to_generate}`);
  const old = new Map(before.segments.map((row) => [row.segment_id, row]));
  after.segments.forEach((row, index) => {
    const was = old.get(row.segment_id);
    if (!was) lines.push(`Segment ${index + 1} is new (${row.action})`);
    else if (was.action !== row.action)
      lines.push(`Segment ${index + 1}: ${row.action} instead of ${was.action}`);
  });
  const kept = new Set(after.segments.map((row) => row.segment_id));
  const gone = before.segments.filter((row) => !kept.has(row.segment_id)).length;
  if (gone > 0)
    lines.push(gone === 1 ? "One segment was removed" : `${gone} segments were removed`);
  return lines;
}
