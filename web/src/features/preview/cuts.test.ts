import { expect, test } from "vitest";
import { nextCut } from "./cuts";

const STARTS = [0, 2, 5];
const from = (time: number, delta: number) => nextCut(STARTS, 9, time, delta);

test("the next cut is after the playhead, the one before it is before it", () => {
  expect([from(1, 1), from(1, -1)]).toEqual([2, 0]);
  expect([from(4.9, 1), from(5.5, -1)]).toEqual([5, 5]);
});

test("standing on a cut, or a hair off it, it is left", () => {
  expect([from(2, 1), from(2, -1)]).toEqual([5, 0]);
  expect([from(1.99, 1), from(2.01, -1)]).toEqual([5, 0]);
});

test("beyond the last cut is the end, before the first the beginning", () => {
  expect([from(6, 1), from(9, 1)]).toEqual([9, 9]);
  expect([from(0, -1), nextCut([], 0, 0, -1), nextCut([], 0, 0, 1)]).toEqual([0, 0, 0]);
});
