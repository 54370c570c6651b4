import { expect, test } from "vitest";
import { canTrim, clipMoment, type TimedSegment, trimmedBy, trimRoom } from "./clipTime";

const clip = (more: Partial<TimedSegment> = {}): TimedSegment => ({
  status: "completed",
  is_changed: false,
  asset_url: "/a",
  media: null,
  duration_seconds: 5,
  model_params: {},
  trim: null,
  ...more,
});

test("an edge is dragged in whole frames", () => {
  expect(trimmedBy(clip(), "end", -1.01, 25)).toEqual({ start: 0, end: 4 });
  expect(trimmedBy(clip(), "start", 0.5, 24)).toEqual({ start: 0.5, end: null });
});

test("no edge goes beyond the clip, and something is always left of it", () => {
  expect(trimmedBy(clip({ trim: { start: 1, end: 4 } }), "end", 9, 24)).toEqual({
    start: 1,
    end: null,
  });
  expect(trimmedBy(clip({ trim: { start: 1 } }), "start", -9, 24)).toBeNull();
  expect(trimmedBy(clip(), "end", -99, 25)).toEqual({ start: 0, end: 0.04 });
});

test("speed counts: a second of film is two of a clip that runs twice as fast", () => {
  const fast = clip({ retime: { speed: 2 } });
  expect(trimmedBy(fast, "end", -1, 24)).toEqual({ start: 0, end: 3 });
  expect(trimRoom({ ...fast, trim: { start: 2, end: 4 } }, "start", 24).least).toBe(-1);
  expect(clipMoment(fast, 1)).toBe(2);
});

test("backwards, the left edge is the end of the clip", () => {
  const back = clip({ retime: { reverse: true } });
  expect(trimmedBy(back, "start", 1, 24)).toEqual({ start: 0, end: 4 });
  expect(clipMoment(back, 1)).toBe(4);
});

test("a held frame is neither lost nor sped up", () => {
  const held = clip({ retime: { speed: 1, freeze: { at: 2, seconds: 3 } } });
  expect([1, 2, 4, 5, 6].map((shown) => clipMoment(held, shown))).toEqual([1, 2, 2, 2, 3]);
  expect(trimmedBy(held, "end", -1, 24)).toEqual({ start: 0, end: 4 });
});

test("a picture can be shown for longer than it is now", () => {
  const still = clip({ media: "m", duration_seconds: null });
  expect(trimmedBy(still, "end", 2, 24)).toEqual({ start: 0, end: 6 });
  expect(trimRoom(still, "end", 24).most).toBe(Number.POSITIVE_INFINITY);
});

test("what does not exist yet cannot be trimmed", () => {
  expect(canTrim(clip({ duration_seconds: null }))).toBe(false);
  expect(canTrim(clip())).toBe(true);
});
