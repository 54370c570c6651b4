import { expect, test } from "vitest";
import { nearest, snapTo, sortedTargets } from "./snap";

const targets = sortedTargets([300, 100, 100, 200]);

test("the nearest target is found from either side", () => {
  expect([...targets]).toEqual([100, 200, 300]);
  expect([0, 149, 151, 900].map((x) => nearest(targets, x))).toEqual([100, 100, 200, 300]);
  expect(nearest(sortedTargets([]), 5)).toBeNull();
});

test("the edge that is nearest to a target takes the thing along", () => {
  expect(snapTo(107, [0], targets)).toEqual({ x: 100, guide: 100 });
  expect(snapTo(95, [0, 103], targets)).toEqual({ x: 97, guide: 200 });
});

test("out of reach nothing moves, also when all targets are on one side", () => {
  expect(snapTo(109, [0], targets)).toEqual({ x: 109, guide: null });
  expect(snapTo(500, [0, 40], targets)).toEqual({ x: 500, guide: null });
  expect(snapTo(107, [0], targets, 3).guide).toBeNull();
});
