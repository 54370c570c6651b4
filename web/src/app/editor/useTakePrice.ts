// What making a segment costs and how long it takes, in words, as the plan and the catalogue know it.
import type { Segment } from "@/api/types";
import { costOfTakes, costText } from "@/commands/generate";
import { useModels, usePlan } from "@/lib/queries";
import { useTakesPrice } from "@/lib/takesPrice";

/** "free · a moment", "≈ $0.60 · ≈ 40 s"; "paid" while nobody has worked out how much. */
export function useTakePrice(segment: Segment): string {
  const plan = usePlan(segment.project_id).data;
  const told = useTakesPrice(segment, 1);
  return costText(costOfTakes(segment, 1, plan, useModels().data, told));
}
