import { expect, test } from "vitest";
import { encodedText, isEncoding, secondsLeft, withSample } from "./pace";

test("seconds done of seconds to do", () => {
  expect(encodedText({ seconds_total: 36, seconds_done: 14.24 })).toBe("14.2 of 36.0 s");
  expect(encodedText({ seconds_total: 36, seconds_done: 37 })).toBe("36.0 of 36.0 s");
  expect(encodedText({ seconds_total: 0, seconds_done: 0 })).toBeNull();
  expect(encodedText({ seconds_total: null, seconds_done: null })).toBeNull();
  const shares: [number | null, number | null][] = [
    [36, 35.9],
    [36, 36],
    [0, 0],
    [null, null],
  ];
  expect(
    shares.map(([total, done]) => isEncoding({ seconds_total: total, seconds_done: done })),
  ).toEqual([true, false, false, false]);
});

test("what is left follows the measured pace", () => {
  let samples = withSample([], { at: 0, done: 0 });
  expect(secondsLeft(samples, 36, 0)).toBeNull();
  samples = withSample(samples, { at: 4000, done: 8 });
  expect(secondsLeft(samples, 36, 4000)).toBe(14);
  expect(secondsLeft(samples, 36, 6000)).toBe(12);
  expect(secondsLeft(samples, 8, 9000)).toBe(0);
  expect(secondsLeft(samples, null, 4000)).toBeNull();
});

test("only the last half minute counts, and another render begins anew", () => {
  let samples = withSample([{ at: 0, done: 1 }], { at: 20_000, done: 2 });
  samples = withSample(samples, { at: 40_000, done: 12 });
  expect(samples).toEqual([
    { at: 20_000, done: 2 },
    { at: 40_000, done: 12 },
  ]);
  expect(withSample(samples, { at: 41_000, done: 12 })).toEqual(samples);
  expect(withSample(samples, { at: 42_000, done: 0 })).toEqual([{ at: 42_000, done: 0 }]);
});
