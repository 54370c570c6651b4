// What one more take of a segment costs, as the plan and the catalogue know it.
import type { Segment } from "@/api/types";
import { mayCost, priceText } from "@/engine/money";
import { findModel, useModels, usePlan } from "@/lib/queries";

export interface TakePrice {
  price: string;
  maxCost: string | null;
  mayCost: boolean;
}

export function useTakePrice(segment: Segment): TakePrice {
  const models = useModels().data;
  const row = usePlan(segment.project_id).data?.segments.find(
    (other) => other.segment_id === segment.id,
  );
  const model = findModel(models, segment.model_params.model);
  if (model?.is_local) return { price: "free", maxCost: null, mayCost: false };
  if (row?.action === "generate") {
    return { price: priceText(row.price), maxCost: row.price.high, mayCost: mayCost(row.price) };
  }
  return { price: "paid", maxCost: null, mayCost: true };
}
