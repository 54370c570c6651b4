// Money for people. Amounts are exact decimal strings and are never turned into floats. Pure.

export interface PriceLike {
  low: string;
  high: string;
  currency: string;
  is_known: boolean;
}

const SIGNS: Record<string, string> = { USD: "$", EUR: "€", GBP: "£", JPY: "¥" };

/** "0.6" -> "0.60", "0.0125" -> "0.0125", "12" -> "12.00". */
export function plainAmount(amount: string): string {
  const [whole = "0", fraction = ""] = amount.split(".");
  return `${whole}.${fraction.replace(/0+$/, "").padEnd(2, "0")}`;
}

export function isZero(amount: string): boolean {
  return /^0*(\.0*)?$/.test(amount);
}

/** "$0.60", "0.60 CHF". */
export function money(amount: string, currency: string): string {
  const sign = SIGNS[currency];
  return sign ? `${sign}${plainAmount(amount)}` : `${plainAmount(amount)} ${currency}`;
}

/** "free", "≈ $0.60", "$0.30 to $0.60", "price unknown", "$0.30 and an unknown part". */
export function priceText(price: PriceLike): string {
  const { low, high, currency } = price;
  if (!price.is_known) {
    return isZero(low) ? "price unknown" : `${money(low, currency)} and an unknown part`;
  }
  if (isZero(high)) return "free";
  if (plainAmount(low) === plainAmount(high)) return `≈ ${money(low, currency)}`;
  return `${money(low, currency)} to ${money(high, currency)}`;
}

/** What it may cost at most once a price was agreed to; null where nobody knows it. */
export const capOf = (price: PriceLike | null): string | null =>
  price?.is_known ? price.high : null;

/** Whether going ahead can cost anything, as far as is known. */
export function mayCost(price: PriceLike): boolean {
  return !price.is_known || !isZero(price.high);
}
