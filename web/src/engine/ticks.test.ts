import { expect, test } from "vitest";
import { partsOf, tickStep, ticksBetween } from "./ticks";

test("labels keep their distance at every zoom", () => {
  for (const pxPerSecond of [0.05, 0.4, 2, 17, 140, 1200]) {
    const step = tickStep(pxPerSecond);
    expect(step * pxPerSecond).toBeGreaterThanOrEqual(72);
    expect(ticksBetween(0, 1440 / pxPerSecond, 1e9, step).length).toBeLessThan(22);
  }
});

test("small marks divide a step into as many parts as there is room for", () => {
  expect([partsOf(1, 100), partsOf(1, 72), partsOf(1, 20), partsOf(1, 9)]).toEqual([10, 5, 2, 1]);
});

test("only marks in sight and on the film are given, without drift", () => {
  expect(ticksBetween(0.95, 1.45, 60, 0.1)).toEqual([1, 1.1, 1.2, 1.3, 1.4]);
  expect(ticksBetween(-10, 4, 3, 1)).toEqual([0, 1, 2, 3]);
  expect(ticksBetween(5, 9, 3, 1)).toEqual([]);
});
