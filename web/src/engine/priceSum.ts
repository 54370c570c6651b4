// Counting with prices. Amounts are exact decimal strings and are never turned into floats. Pure.
import type { PriceLike } from "./money";

/** `price` taken `count` times. */
export function timesPrice<P extends PriceLike>(price: P, count: number): P {
  return { ...price, low: times(price.low, count), high: times(price.high, count) };
}

/** "0.125" * 4 = "0.500". */
function times(amount: string, count: number): string {
  const [whole = "0", fraction = ""] = amount.split(".");
  const digits = (BigInt(`${whole}${fraction}`) * BigInt(count)).toString();
  if (fraction === "") return digits;
  const padded = digits.padStart(fraction.length + 1, "0");
  return `${padded.slice(0, -fraction.length)}.${padded.slice(-fraction.length)}`;
}
