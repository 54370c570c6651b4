// What a render has cost so far, in words. Pure.
import { isZero, money } from "@/engine/money";

interface Paid {
  amount: string;
  currency: string;
}

interface PaidLike {
  cost_actual: Paid;
  other_costs: readonly Paid[];
  cost_is_known: boolean;
}

/** "free", "$0.40", "$0.40 + 3.00 CNY", "at least $0.40" while a provider has not said what it
 * billed. There is no rate of exchange here. */
export function paidText({ cost_actual, other_costs, cost_is_known }: PaidLike): string {
  const words = [cost_actual, ...other_costs]
    .filter(({ amount }) => !isZero(amount))
    .map(({ amount, currency }) => money(amount, currency))
    .join(" + ");
  if (cost_is_known) return words || "free";
  return words ? `at least ${words}` : "price not told yet";
}
