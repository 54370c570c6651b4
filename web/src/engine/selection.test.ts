import { expect, test } from "vitest";
import { inOrder, only, ranged, toggled } from "./selection";

const all = ["a", "b", "c", "d"];

test("a range goes from where it began, in both directions, as often as one likes", () => {
  const down = ranged(only("b"), "d", all);
  expect(down).toEqual({ primary: "d", ids: ["b", "c", "d"], anchor: "b" });
  expect(ranged(down, "a", all)).toEqual({ primary: "a", ids: ["a", "b"], anchor: "b" });
});

test("one by one, things are added and taken out, but never all of them", () => {
  const two = toggled(only("a"), "c");
  expect(two.ids).toEqual(["a", "c"]);
  expect(toggled(two, "c")).toMatchObject({ primary: "a", ids: ["a"] });
  expect(toggled(only("a"), "a").ids).toEqual(["a"]);
});

test("what is gone does not count, and order is that of the film", () => {
  expect(inOrder(["d", "gone", "a"], all)).toEqual(["a", "d"]);
  expect(ranged({ primary: "x", ids: ["x"], anchor: "x" }, "b", all)).toEqual(only("b"));
});
