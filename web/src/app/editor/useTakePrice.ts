// What making a segment costs, in words, as the plan and the catalogue know it.
import type { Segment } from "@/api/types";
import { costOfTakes } from "@/commands/generate";
import { priceText } from "@/engine/money";
import { useModels, usePlan } from "@/lib/queries";
import { useTakesPrice } from "@/lib/takesPrice";

/** "free", "≈ $0.60"; "paid" while nobody has worked out how much. */
export function useTakePrice(segment: Segment): string {
  const { price, mayCost } = costOfTakes(
    segment,
    1,
    usePlan(segment.project_id).data,
    useModels().data,
    useTakesPrice(segment, 1),
  );
  if (price !== null) return priceText(price);
  return mayCost ? "paid" : "free";
}
