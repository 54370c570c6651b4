import { expect, test } from "vitest";
import { nextSpeed } from "./shuttle";

test("each press doubles the speed up to four times", () => {
  const speeds = [1, 2, 3, 4].reduce<number[]>(
    (all) => [...all, nextSpeed(all.at(-1) ?? 0, 1, false)],
    [0],
  );
  expect(speeds).toEqual([0, 1, 2, 4, 4]);
  expect(nextSpeed(-1, -1, false)).toBe(-2);
});

test("the other direction begins at the speed of the film", () => {
  expect(nextSpeed(4, -1, false)).toBe(-1);
  expect(nextSpeed(-4, 1, false)).toBe(1);
  expect(nextSpeed(0.5, 1, false)).toBe(1);
});

test("with K held it goes slowly", () => {
  expect(nextSpeed(4, 1, true)).toBe(0.5);
  expect(nextSpeed(0, -1, true)).toBe(-0.5);
});
