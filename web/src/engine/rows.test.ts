import { expect, test } from "vitest";
import { placeAt, rowsDrawn, rowsNear, topsOf } from "./rows";

const HEIGHTS: readonly number[] = Array.from({ length: 200 }, (_, index) =>
  index % 3 === 0 ? 74 : 56,
);
const TOPS = topsOf(HEIGHTS.length, (index) => HEIGHTS[index] ?? 0);

test("rows stand end to end", () => {
  expect([...TOPS.slice(0, 4)]).toEqual([0, 74, 130, 186]);
  expect(TOPS.at(-1)).toBe(HEIGHTS.reduce((sum, height) => sum + height));
});

test("whatever is in sight is drawn, and little more", () => {
  for (let scroll = 0; scroll < 12_000; scroll += 37) {
    const [first, last] = rowsNear(TOPS, scroll, 500);
    expect(TOPS[first]).toBeLessThanOrEqual(scroll);
    expect(TOPS[last + 1]).toBeGreaterThanOrEqual(Math.min(scroll + 500, TOPS.at(-1) ?? 0));
    expect(last - first).toBeLessThan(28);
  }
  expect(rowsNear(TOPS, 4, 500)).toEqual(rowsNear(TOPS, 40, 500));
});

test("a list without rows draws none", () => {
  expect(
    rowsNear(
      topsOf(0, () => 56),
      0,
      500,
    ),
  ).toEqual([0, -1]);
});

test("single rows are drawn wherever they are, in their place", () => {
  expect(rowsDrawn([4, 6], [90, 2, 5, -1, 2])).toEqual([2, 4, 5, 6, 90]);
  expect(rowsDrawn([0, -1], [])).toEqual([]);
});

test("a row is dropped after every other row whose middle it has passed", () => {
  const slow = (dragged: number, centre: number) =>
    HEIGHTS.filter((height, at) => at !== dragged && centre > (TOPS[at] ?? 0) + height / 2).length;
  for (const dragged of [0, 3, 199]) {
    for (let centre = -40; centre < 12_000; centre += 29) {
      expect(placeAt(TOPS, dragged, centre)).toBe(slow(dragged, centre));
    }
  }
});
