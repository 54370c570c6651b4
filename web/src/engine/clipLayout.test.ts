import { expect, test } from "vitest";
import {
  clipAt,
  clipsBetween,
  gapAt,
  indexAt,
  insertionIndex,
  layoutClips,
  leftOf,
  timeToX,
  totalWidth,
  widthOf,
  xToTime,
} from "./clipLayout";

const layout = layoutClips([2, 0.1, 4], 10);
const only = (...indexes: number[]) => new Set(indexes);

test("clips stand end to end and are as wide as they are long", () => {
  expect([0, 1, 2, 3].map((index) => leftOf(layout, index))).toEqual([0, 20, 21, 61]);
  expect(widthOf(layout, 1)).toBeCloseTo(1);
  expect(totalWidth(layout)).toBeCloseTo(61);
});

test("time and px are each other's inverse and stay within the film", () => {
  for (const time of [0, 1.3, 2.05, 3, 6.1])
    expect(xToTime(layout, timeToX(layout, time))).toBeCloseTo(time);
  expect(timeToX(layout, 99)).toBeCloseTo(61);
  expect(xToTime(layout, -4)).toBe(0);
});

test("the clip at an edge is the one that begins there", () => {
  expect(indexAt(layout.start, 2)).toBe(1);
  expect([clipAt(layout, -5), clipAt(layout, 20.5), clipAt(layout, 1000)]).toEqual([0, 1, 2]);
});

test("dragged clips are counted out when their place is looked for", () => {
  expect(insertionIndex(layout, only(0), 5)).toBe(0);
  expect(insertionIndex(layout, only(0), 15)).toBe(0);
  expect(insertionIndex(layout, only(0), 30)).toBe(1);
  expect(insertionIndex(layout, only(0), 55)).toBe(2);
  expect(insertionIndex(layout, only(2), 5)).toBe(0);
  expect(insertionIndex(layout, only(0, 1), 60)).toBe(1);
});

test("the mark stands in the gap that a drop would go into", () => {
  expect(gapAt(layout, only(0), 0)).toBe(20);
  expect(gapAt(layout, only(2), 0)).toBe(0);
  expect(gapAt(layout, only(0), 2)).toBeCloseTo(61);
});

test("only clips in the window are found, in thousands of them too", () => {
  const many = layoutClips(
    Array.from({ length: 10_000 }, () => 1),
    50,
  );
  expect(clipsBetween(many, 5000, 6000)).toEqual([100, 120]);
  expect(clipsBetween(many, 6000, 5000)).toEqual([100, 120]);
  expect(clipsBetween(layoutClips([], 50), 0, 1000)).toEqual([0, -1]);
});
