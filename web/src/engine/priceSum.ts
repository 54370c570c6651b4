// Counting with prices. Amounts are exact decimal strings and are never turned into floats. Pure.
import { capOf, isZero, type PriceLike } from "./money";

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

/** What may be bought together for at most `cap`; null where nobody knows its price. */
export interface Purse {
  ids: string[];
  cap: string | null;
}

/**
 * The rows of a plan by currency, each with what they cost at most together; apart those of unknown price.
 * What is free is so in every currency.
 */
export function purses(rows: readonly { segment_id: string; price: PriceLike }[]): Purse[] {
  const found = new Map<string | null, Purse>();
  const paid = rows.find(({ price }) => price.is_known && !isZero(price.high));
  for (const { segment_id, price } of rows) {
    const own = capOf(price);
    const { currency: its } = own !== null && isZero(own) ? (paid?.price ?? price) : price;
    const currency = own === null ? null : its;
    const { ids, cap } = found.get(currency) ?? { ids: [], cap: null };
    found.set(currency, {
      ids: [...ids, segment_id],
      cap: own === null || cap === null ? own : sum(cap, own),
    });
  }
  return [...found.values()];
}

/** "0.1" + "0.25" = "0.35". */
function sum(one: string, other: string): string {
  const places = Math.max(placesOf(one), placesOf(other));
  const digits = (scaled(one, places) + scaled(other, places)).toString();
  if (places === 0) return digits;
  const padded = digits.padStart(places + 1, "0");
  return `${padded.slice(0, -places)}.${padded.slice(-places)}`;
}

const placesOf = (amount: string): number => amount.split(".")[1]?.length ?? 0;

function scaled(amount: string, places: number): bigint {
  const [whole = "0", fraction = ""] = amount.split(".");
  return BigInt(`${whole}${fraction.padEnd(places, "0")}`);
}
