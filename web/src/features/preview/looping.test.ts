import { expect, test } from "vitest";
import { partOf } from "./looping";

const MARKS = { markIn: 2, markOut: 5 };

test("only a loop keeps to the marks, and never goes beyond the film", () => {
  expect(partOf({ isLooping: false, ...MARKS }, 8)).toEqual({ start: 0, end: 8 });
  expect(partOf({ isLooping: true, ...MARKS }, 8)).toEqual({ start: 2, end: 5 });
  expect(partOf({ isLooping: true, ...MARKS }, 4)).toEqual({ start: 2, end: 4 });
  expect(partOf({ isLooping: true, markIn: null, markOut: null }, 8)).toEqual({ start: 0, end: 8 });
});
