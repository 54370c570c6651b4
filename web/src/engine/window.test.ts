import { expect, test } from "vitest";
import {
  anchoredScroll,
  clampScale,
  drawnWindow,
  edgeSpeed,
  scaleOf,
  scaleOfShare,
  shareOfScale,
  wheelFactor,
} from "./window";

test("a film of any length fits, and none becomes wider than browsers can lay out", () => {
  for (const total of [0, 3, 300, 5_000, 50_000, 500_000]) {
    const scale = scaleOf(1400, total);
    expect(scale.fit * total).toBeLessThanOrEqual(1400.001);
    expect(scale.max * total).toBeLessThanOrEqual(15_000_001);
    expect(scale.max).toBeGreaterThanOrEqual(scale.min);
  }
  expect(scaleOf(1400, 3).fit).toBe(140);
  expect(clampScale(scaleOf(1400, 50_000), 0.0001)).toBeCloseTo(0.028);
});

test("what stands under the cursor stays there while zooming", () => {
  const [scroll, anchor, before] = [4000, 321, 20];
  const time = (scroll + anchor) / before;
  for (const factor of [0.5, 1.4, 3]) {
    expect((anchoredScroll(scroll, anchor, factor) + anchor) / (before * factor)).toBeCloseTo(time);
  }
  expect(anchoredScroll(0, 300, 0.5)).toBe(0);
});

test("the wheel zooms exponentially and never in leaps", () => {
  expect(wheelFactor(20) * wheelFactor(-20)).toBeCloseTo(1);
  expect(wheelFactor(-4000)).toBe(wheelFactor(-60));
});

test("the slider is the inverse of itself", () => {
  const scale = scaleOf(1400, 600);
  for (const share of [0, 0.25, 1])
    expect(shareOfScale(scale, scaleOfShare(scale, share))).toBeCloseTo(share);
});

test("the window covers what is in sight and seldom moves", () => {
  for (const scroll of [0, 100, 255, 256, 9999]) {
    const { from, to } = drawnWindow(scroll, 1000);
    expect(from).toBeLessThanOrEqual(scroll);
    expect(to).toBeGreaterThanOrEqual(scroll + 1000);
  }
  expect(drawnWindow(10, 1000)).toEqual(drawnWindow(250, 1000));
});

test("dragging scrolls at the edges alone, faster the further out", () => {
  expect(edgeSpeed(500, 0, 1000)).toBe(0);
  expect(edgeSpeed(40, 0, 1000)).toBeLessThan(0);
  expect(edgeSpeed(-5, 0, 1000)).toBeLessThan(edgeSpeed(40, 0, 1000));
  expect(edgeSpeed(1100, 0, 1000)).toBe(28);
});
