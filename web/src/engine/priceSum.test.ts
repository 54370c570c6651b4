import { expect, test } from "vitest";
import { purses, timesPrice } from "./priceSum";

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

test("a purse holds what has one currency, and its sum is exact; what has no price has none", () => {
  const row = (segment_id: string, high: string, more: object = {}) => ({
    segment_id,
    price: { ...price("0", high), ...more },
  });
  const unknown = { is_known: false };
  expect(
    purses([
      row("a", "0.1"),
      row("b", "9", unknown),
      row("c", "0.255"),
      row("d", "3", { currency: "EUR" }),
      row("e", "4", { ...unknown, currency: "EUR" }),
      row("f", "12"),
    ]),
  ).toEqual([
    { ids: ["a", "c", "f"], cap: "12.355" },
    { ids: ["b", "e"], cap: null },
    { ids: ["d"], cap: "3" },
  ]);
  const free = row("a", "0");
  expect(purses([free, row("b", "3", { currency: "EUR" })])).toEqual([
    { ids: ["a", "b"], cap: "3" },
  ]);
  expect(purses([free])).toEqual([{ ids: ["a"], cap: "0" }]);
});
