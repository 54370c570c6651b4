import { expect, test } from "vitest";
import { inOrder, only, ranged, surviving, toggled } from "./selection";

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

test("where the chosen one is gone, what took its place is chosen, at the end the one before", () => {
  expect(surviving(only("b"), all, ["a", "c", "d"])).toEqual(only("c"));
  expect(surviving(only("d"), all, ["a", "b", "c"])).toEqual(only("c"));
  expect(surviving({ primary: "c", ids: ["b", "c"], anchor: "b" }, all, ["a", "d"])).toEqual(
    only("d"),
  );
  expect(surviving(only("a"), ["a"], [])).toEqual(only(null));
});

test("of several, those that are left stay chosen, and one of them is looked at", () => {
  const three = { primary: "c", ids: ["a", "b", "c"], anchor: "a" };
  expect(surviving(three, all, ["b", "d"])).toEqual({ primary: "b", ids: ["b"], anchor: "b" });
  expect(surviving(three, all, ["a", "c", "d"])).toEqual({ ...three, ids: ["a", "c"] });
  expect(surviving(three, all, ["d", "c", "b", "a"])).toBe(three);
});
