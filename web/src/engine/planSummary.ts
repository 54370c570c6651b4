// A plan in a few words. Pure.
import type { PriceLike } from "./money";

export interface PlanLike {
  to_generate: number;
  reused: number;
  price: PriceLike;
  segments: readonly { segment_id: string; action: string; price: PriceLike }[];
}

/** "1 to generate, 2 reused", "Nothing to generate, 3 reused", "No segments yet". */
export function planWork(plan: PlanLike): string {
  if (plan.segments.length === 0) return "No segments yet";
  const made = plan.to_generate > 0 ? `${plan.to_generate} to generate` : "Nothing to generate";
  return plan.reused > 0 ? `${made}, ${plan.reused} reused` : made;
}
