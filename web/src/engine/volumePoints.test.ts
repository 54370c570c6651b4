import { expect, test } from "vitest";
import { volumePointsIn, withChangedPoint, withPoint } from "./volumePoints";

const POINTS = [
  { at: 1, gain_db: 0 },
  { at: 3, gain_db: -12 },
];

test("a new point lies on the curve, in its place", () => {
  expect(withPoint([], 2.5)).toEqual([{ at: 2.5, gain_db: 0 }]);
  expect(withPoint(POINTS, 2)).toEqual([POINTS[0], { at: 2, gain_db: -6 }, POINTS[1]]);
  expect(withPoint(POINTS, 4)?.at(-1)).toEqual({ at: 4, gain_db: -12 });
  expect(withPoint(POINTS, 0)?.[0]).toEqual({ at: 0, gain_db: 0 });
});

test("there is one point at a moment", () => {
  expect(withPoint(POINTS, 3)).toBeNull();
});

test("a point that passes another one takes its place behind it", () => {
  expect(withChangedPoint(POINTS, 0, { at: 5 })).toEqual([POINTS[1], { at: 5, gain_db: 0 }]);
  expect(withChangedPoint(POINTS, 1, { gain_db: 3 })[1]).toEqual({ at: 3, gain_db: 3 });
  expect(POINTS.map(({ at }) => at)).toEqual([1, 3]);
});

test("what was never said is no points", () => {
  expect(volumePointsIn(undefined)).toEqual([]);
});
