import { expect, test } from "vitest";
import { neighbour, placeOfAll, sameOrder } from "./order";

const ids = ["a", "b", "c", "d"];

test("an order is the same when every id stands where it stood", () => {
  expect(sameOrder(ids, [...ids])).toBe(true);
  expect(sameOrder(ids, ["b", "a", "c", "d"])).toBe(false);
  expect(sameOrder(ids, ids.slice(1))).toBe(false);
});

test("neighbours stop at the ends, and there is a start without a selection", () => {
  expect(neighbour(ids, "d", 1)).toBe("d");
  expect(neighbour(ids, null, 1)).toBe("a");
  expect(neighbour(ids, null, -1)).toBe("d");
  expect(neighbour([], null, 1)).toBeNull();
});

test("several dropped together stand where the one under the pointer would", () => {
  expect(placeOfAll(ids, ["a", "b"], "a", 3)).toBe(2);
  expect(placeOfAll(ids, ["a", "c"], "c", 0)).toBe(0);
  expect(placeOfAll(ids, ["b"], "b", 2)).toBe(2);
});
