import { expect, test } from "vitest";
import { readTrim } from "./trimDraft";

test("empty fields are the edges of the clip", () => {
  expect(readTrim({ start: "", end: "" }, 5)).toEqual({
    trim: null,
    startError: null,
    endError: null,
  });
  expect(readTrim({ start: "1,5", end: "" }, 5).trim).toEqual({ start: 1.5, end: null });
  expect(readTrim({ start: "0", end: "5" }, 5).trim).toBeNull();
});

test("what cannot be is said at its field", () => {
  expect(readTrim({ start: "soon", end: "" }, 5).startError).toContain("seconds");
  expect(readTrim({ start: "-1", end: "" }, 5).startError).toContain("seconds");
  expect(readTrim({ start: "5", end: "" }, 5).startError).toContain("5 s long");
  expect(readTrim({ start: "2", end: "2" }, 5).endError).toContain("after the start");
  expect(readTrim({ start: "0", end: "6" }, 5).endError).toContain("5 s long");
  expect(readTrim({ start: "0", end: "6" }, null).endError).toBeNull();
});
