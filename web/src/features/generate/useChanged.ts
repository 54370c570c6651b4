// What generating everything that changed would start.
import type { Plan } from "@/api/types";
import { toStart } from "@/commands/generate";
import { usePlan } from "@/lib/queries";
import { useProject } from "@/lib/store/document";

export interface Changed {
  plan: Plan | undefined;
  /** Segments that would be started; those under way do not count. */
  count: number;
}

export function useChanged(): Changed {
  const plan = usePlan(useProject().id).data;
  return { plan, count: plan === undefined ? 0 : toStart(plan).length };
}
