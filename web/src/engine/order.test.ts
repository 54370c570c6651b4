import { expect, test } from "vitest";
import { moveBy, moveTo, neighbour, placeOfAll, sameOrder } from "./order";

const ids = ["a", "b", "c", "d"];

test("a thing stands at the asked place afterwards, the others keep their order", () => {
  expect(moveTo(ids, "a", 2)).toEqual(["b", "c", "a", "d"]);
  expect(moveTo(ids, "d", 0)).toEqual(["d", "a", "b", "c"]);
});

test("places outside the list are the ends, unknown ids change nothing", () => {
  expect(moveTo(ids, "b", 99)).toEqual(["a", "c", "d", "b"]);
  expect(moveBy(ids, "a", -1)).toEqual(ids);
  expect(moveTo(ids, "x", 1)).toEqual(ids);
});

test("moving there and back is no change", () => {
  expect(sameOrder(moveBy(moveBy(ids, "b", 2), "b", -2), ids)).toBe(true);
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
