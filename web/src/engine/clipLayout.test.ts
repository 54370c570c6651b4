import { expect, test } from "vitest";
import { indexAt, insertionIndex, layoutClips, timeToX, visibleRange, xToTime } from "./clipLayout";

const layout = layoutClips([2, 0.1, 4], 10, 24);

test("clips are as wide as they are long, but never too narrow to hit", () => {
  expect([...layout.left]).toEqual([0, 24, 48, 88]);
  expect(layout.start[3]).toBeCloseTo(6.1);
});

test("time and px are each other's inverse, also inside widened clips", () => {
  for (const time of [0, 1.3, 2.05, 3, 6.1])
    expect(xToTime(layout, timeToX(layout, time))).toBeCloseTo(time);
});

test("the clip at an edge is the one that begins there", () => {
  expect(indexAt(layout.left, 24)).toBe(1);
  expect(indexAt(layout.left, -5)).toBe(0);
  expect(indexAt(layout.left, 1000)).toBe(2);
});

test("a dragged clip is counted out when its place is looked for", () => {
  expect(insertionIndex(layout, 0, 12)).toBe(0);
  expect(insertionIndex(layout, 0, 40)).toBe(1);
  expect(insertionIndex(layout, 0, 80)).toBe(2);
  expect(insertionIndex(layout, 2, 5)).toBe(0);
});

test("only clips in the window are shown", () => {
  const many = layoutClips(
    Array.from({ length: 1000 }, () => 1),
    50,
    24,
  );
  const [first, last] = visibleRange(many, 5000, 1000, 0);
  expect([first, last]).toEqual([100, 120]);
  expect(visibleRange(layoutClips([], 50, 24), 0, 1000)).toEqual([0, -1]);
});
