import { expect, test } from "vitest";
import type { ItemLike } from "./items";
import { trimmedFields } from "./itemTrim";

const item = (kind: ItemLike["kind"], fields: Record<string, unknown>): ItemLike => ({
  id: "i",
  kind,
  segment: null,
  media: null,
  fields,
});
const home = { seconds: 20, end: 6, file: 10 };

test("a title is made longer and shorter within its home", () => {
  const title = item("text", { start: 2, end: 6 });
  expect(trimmedFields(title, "end", 3, home, 0.1)).toEqual({ end: 9 });
  expect(trimmedFields(title, "end", 99, home, 0.1)).toEqual({ end: 20 });
  expect(trimmedFields(title, "start", -9, home, 0.1)).toEqual({ start: 0 });
  expect(trimmedFields(title, "start", 99, home, 0.1)).toEqual({ start: 5.9 });
  expect(trimmedFields(title, "end", 0, home, 0.1)).toBeNull();
});

test("a sound keeps its sync: what is cut off in front is not heard later", () => {
  const sound = item("audio", { start: 2, trim: { start: 1, end: 9 } });
  expect(trimmedFields(sound, "start", 1.5, home, 0.1)).toEqual({
    start: 3.5,
    trim: { start: 2.5, end: 9 },
  });
  expect(trimmedFields(sound, "start", -5, home, 0.1)).toEqual({
    start: 1,
    trim: { start: 0, end: 9 },
  });
});

test("a sound ends with its file, unless it is repeated", () => {
  const sound = item("audio", { start: 2 });
  expect(trimmedFields(sound, "end", 99, home, 0.1)).toEqual({ end: 12 });
  expect(trimmedFields(item("audio", { start: 2, loop: true }), "end", 99, home, 0.1)).toEqual({
    end: 20,
  });
});

test("captions have times of their own", () => {
  expect(trimmedFields(item("caption", { captions: "" }), "end", 1, home, 0.1)).toBeNull();
});
