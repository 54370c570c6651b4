import { expect, test } from "vitest";
import type { ItemKind } from "./items";
import { subjectOf } from "./planProblems";

const item = (id: string, kind: ItemKind) => ({ id, kind, segment: null, media: null, fields: {} });
const ITEMS = [
  item("logo", "image"),
  item("first", "text"),
  item("words", "caption"),
  item("second", "text"),
  item("music", "audio"),
];
const SEGMENTS = [{ id: "a" }, { id: "b" }];

const about = (field: string, segment_id: string | null = null) =>
  subjectOf({ segment_id, field }, SEGMENTS, ITEMS);

test("a segment is found by its id and named by its place", () => {
  expect(about("transition.duration", "b")).toEqual({ kind: "segment", id: "b", number: 2 });
  expect(about("transition.duration", "gone")).toBeNull();
});

test.each([
  ["text.0.start", "first"],
  ["text.1.text", "second"],
  ["captions.0.text", "words"],
  ["images.0.start", "logo"],
  ["audio.0.start", "music"],
])("%s names an item of its kind", (field, id) => {
  expect(about(field)).toMatchObject({ kind: "item", item: { id } });
});

test.each(["text", "text.2.start", "segments", "settings.encoder"])("%s names none", (field) => {
  expect(about(field)).toBeNull();
});
