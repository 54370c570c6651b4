// The few words on a clip: which take it shows, what is changed about it, what making it will cost. Pure.
import type { ClipState } from "./clipState";
import { mayCost, type PriceLike, priceText } from "./money";
import { humanise } from "./paramForm";

export interface PlannedLike {
  action: string;
  price: PriceLike;
  reason: { code: string; message: string; changes: readonly { field: string; new?: unknown }[] };
}

/**
 * "Take 2 of 3", "3 takes" where none of them answers what is asked for now; null where there is no
 * choice. Pictures that clips are made from are numbered among the takes and not counted.
 */
export function takeNote(number: number | null, count: number): string | null {
  if (count < 2) return null;
  if (number === null) return `${count} takes`;
  return number > count ? `Take ${number}` : `Take ${number} of ${count}`;
}

/** "Changed: prompt, seed": what the next render will make anew because of it; null for nothing. */
export function changeNote(state: ClipState, row: PlannedLike | undefined): string | null {
  if (state !== "changed") return null;
  const hasOtherModel = row?.reason.changes.some(({ field }) => field === "model") ?? false;
  const fields = (row?.reason.changes ?? [])
    .filter((change) => !hasOtherModel || change.new !== null)
    .map(({ field }) => humanise(field.replace(/^\w+\./, "")).toLowerCase());
  return fields.length === 0 ? "Changed" : `Changed: ${fields.join(", ")}`;
}

/** What making the clip will cost; null where nothing is made, or where it is free. */
export function costNote(row: PlannedLike | undefined): string | null {
  return row?.action === "generate" && mayCost(row.price) ? priceText(row.price) : null;
}
