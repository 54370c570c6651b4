import { expect, test } from "vitest";
import { parseTimecode, timecode } from "./timecode";

test("seconds, minutes and hours are read as people write them", () => {
  expect(parseTimecode("12", 24)).toBe(12);
  expect(parseTimecode(" 1:12 ", 24)).toBe(72);
  expect(parseTimecode("0:42.5", 24)).toBe(42.5);
  expect(parseTimecode("99", 24)).toBe(99);
});

test("three parts end with frames, and four begin with hours", () => {
  expect(parseTimecode("00:01:12", 24)).toBeCloseTo(1.5, 3);
  expect(parseTimecode("1:02:03:04", 25)).toBeCloseTo(3723.16, 3);
});

test("frames are read with an f", () => {
  expect(parseTimecode("250f", 25)).toBeCloseTo(10, 3);
  expect(parseTimecode("250 F", 25)).toBeCloseTo(10, 3);
});

test("what is no time is not guessed at", () => {
  for (const text of [
    "",
    "f",
    "1.2.3",
    "1.5:30",
    "1:2:3.5",
    "1:",
    ":1",
    "-3",
    "1::2",
    "1:2:3:4:5",
    "ten",
    "1e3",
  ]) {
    expect(parseTimecode(text, 24)).toBeNull();
  }
});

test("whatever is shown can be typed again, at every frame and rate", () => {
  for (const fps of [12, 23.976, 24, 25, 29.97, 30, 60]) {
    for (const frame of [0, 1, 23, 24, 59, 60, 1439, 1440]) {
      const shown = timecode((frame + 0.5) / fps, fps);
      expect(timecode(parseTimecode(shown, fps) ?? -1, fps)).toBe(shown);
      expect(Math.floor((parseTimecode(`${frame}f`, fps) ?? -1) * fps)).toBe(frame);
    }
  }
});
