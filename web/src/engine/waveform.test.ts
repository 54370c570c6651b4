import { expect, test } from "vitest";
import { columnsOf, levelFor, loudnessOf, peaksOf, secondsOf } from "./waveform";

const levels = [
  { points_per_second: 100, points: 4, offset: 2 },
  { points_per_second: 10, points: 1, offset: 12 },
  { points_per_second: 1, points: 1, offset: 16 },
];

test("a level with a point for every px is taken, whatever their order", () => {
  expect(levelFor(levels, 4)?.points_per_second).toBe(10);
  expect(levelFor(levels.toReversed(), 40)?.points_per_second).toBe(100);
  expect(levelFor(levels, 900)?.points_per_second).toBe(100);
  expect(levelFor([], 1)).toBeNull();
});

test("a column is as loud as the loudest of its points, on either side of zero", () => {
  const file = new Int8Array([9, 9, 0, 10, -127, 5, -3, 64, 0, 0]).buffer;
  const peaks = peaksOf(file, levels[0] as (typeof levels)[0]);
  const columns = columnsOf(peaks, 100, 3, (column) => column * 0.02);
  expect([...columns].map((value) => Number(value.toFixed(2)))).toEqual([1, 0.5, 0]);
});

test("backwards it is read backwards", () => {
  const peaks = new Int8Array([0, 127, 0, 0]);
  expect([...columnsOf(peaks, 1, 2, (column) => 2 - column)]).toEqual([0, 1]);
});

test("what was measured is read at the level that the drawing needs", () => {
  const file = new Int8Array([9, 9, 0, 10, -127, 5, -3, 64, 0, 0, 0, 0, 0, 127]).buffer;
  expect(secondsOf({ file, levels })).toBe(0.04);
  expect([...(loudnessOf({ file, levels }, 5, 1, (column) => column / 5) ?? [])]).toEqual([1]);
  const quiet = new Int8Array([0, 0, 0, 13]).buffer;
  const [heard] =
    loudnessOf(
      { file: quiet, levels: [{ points_per_second: 10, points: 1, offset: 2 }] },
      5,
      1,
      () => 0,
    ) ?? [];
  expect(heard).toBeCloseTo(0.25, 1);
  expect(loudnessOf({ file, levels: [] }, 5, 1, () => 0)).toBeNull();
  expect(secondsOf({ file, levels: [] })).toBe(0);
});
