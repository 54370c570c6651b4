// What a render has cost so far, in words. Pure.
import { isZero, money } from "@/engine/money";

interface PaidLike {
  cost_actual: { amount: string; currency: string };
  cost_is_known: boolean;
}

/** "free", "$0.40", "at least $0.40" while a provider has not said what it billed. */
export function paidText({ cost_actual: { amount, currency }, cost_is_known }: PaidLike): string {
  if (cost_is_known) return isZero(amount) ? "free" : money(amount, currency);
  return isZero(amount) ? "price not told yet" : `at least ${money(amount, currency)}`;
}
