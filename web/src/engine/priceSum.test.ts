import { expect, test } from "vitest";
import { timesPrice } from "./priceSum";

const price = (low: string, high: string) => ({ low, high, currency: "USD", is_known: true });

test("several takes cost exactly that many times one", () => {
  expect(timesPrice(price("0.1", "0.125"), 4)).toEqual(price("0.4", "0.500"));
  expect(timesPrice(price("0.0001", "12"), 8)).toEqual(price("0.0008", "96"));
  // 0.1 + 0.1 + 0.1 as floats is 0.30000000000000004.
  expect(timesPrice(price("0.1", "0.1"), 3).high).toBe("0.3");
  expect(timesPrice(price("9007199254740993.01", "0"), 2).low).toBe("18014398509481986.02");
});

test("an unknown price stays unknown", () => {
  expect(timesPrice({ ...price("0", "0"), is_known: false }, 4).is_known).toBe(false);
});
