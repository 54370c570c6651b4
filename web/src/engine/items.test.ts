import { expect, test } from "vitest";
import { layOutFilm } from "./filmLayout";
import {
  bothChanges,
  type ItemLike,
  itemName,
  movedFields,
  movePast,
  packRows,
  placesOf,
  spanOf,
} from "./items";

const clip = (seconds: number, transition: { duration: number } | null = null) => ({
  status: "completed",
  is_changed: false,
  asset_url: "/a",
  media: null,
  duration_seconds: seconds,
  model_params: {},
  trim: null,
  transition,
});
const film = layOutFilm([clip(4, { duration: 1 }), clip(5)], 24);
const PLACES = placesOf([{ id: "a" }, { id: "b" }]);
const item = (kind: ItemLike["kind"], fields: object, more: Partial<ItemLike> = {}): ItemLike => ({
  id: "i",
  kind,
  segment: null,
  media: null,
  fields: { ...fields },
  ...more,
});
const span = (it: ItemLike, seconds: number | null = null) => spanOf(it, film, PLACES, seconds);

test("an item stands on the film, or moves with the segment that it is tied to", () => {
  expect(span(item("text", { start: 1, end: 3 }))).toEqual({ start: 1, end: 3 });
  expect(span(item("text", { start: 1 }))).toEqual({ start: 1, end: 8 });
  expect(span(item("text", { start: 1, end: 2 }, { segment: "b" }))).toEqual({ start: 4, end: 5 });
  expect(span(item("image", { start: 0, end: 99 }, { segment: "a" }))).toEqual({
    start: 0,
    end: 4,
  });
});

test("a sound lasts as long as its file, its trim, or its repeats", () => {
  expect(span(item("audio", { start: 1 }), 2)).toEqual({ start: 1, end: 3 });
  expect(span(item("audio", { start: 1, trim: { start: 1.5, end: null } }), 2).end).toBe(1.5);
  expect(span(item("audio", { start: 1, loop: true }), 2).end).toBe(8);
  expect(span(item("audio", { start: 1, loop: true, end: 6 }), 2).end).toBe(6);
  expect(span(item("audio", { start: 0 }, { segment: "a" }), 6)).toEqual({ start: 0, end: 6 });
});

test("captions reach from the first to the last", () => {
  const captions = "1\n00:00:01,000 --> 00:00:02,000\nA\n\n2\n00:00:06,000 --> 00:00:07,500\nB\n";
  expect(span(item("caption", { captions }))).toEqual({ start: 1, end: 7.5 });
  expect(itemName(item("caption", { captions }), undefined)).toBe("2 captions");
});

test("what is shown at the same time stands on rows of its own", () => {
  const rows = packRows([
    { start: 2, end: 4 },
    { start: 0, end: 2 },
    { start: 1, end: 3 },
    { start: 3, end: 5 },
  ]);
  expect(rows).toEqual([0, 0, 1, 1]);
});

test("changes of fields add up, and a number of digits is still a text", () => {
  const both = bothChanges(
    { fields: { start: 1, end: 2 }, segment: "a" },
    { fields: { end: null } },
  );
  expect(both).toEqual({ segment: "a", fields: { start: 1, end: null } });
  expect(itemName(item("text", { text: 2024 }), undefined)).toBe("2024");
});

test("an item moves past its neighbour of the same kind only", () => {
  const items = ["text", "audio", "text"].map((kind, index) =>
    item(kind as ItemLike["kind"], {}, { id: `${index}` }),
  );
  expect(movePast(items, "2", -1)).toEqual(["2", "1", "0"]);
  expect(movePast(items, "1", -1)).toEqual(["0", "1", "2"]);
  expect(movePast(items, "2", 1)).toEqual(["0", "1", "2"]);
});

test("moving keeps the length and stays on the film; captions have times of their own", () => {
  expect(movedFields(item("text", { start: 1, end: 3 }), 1.5, 8)).toEqual({ start: 2.5, end: 4.5 });
  expect(movedFields(item("text", { start: 1, end: 3 }), -9, 8)).toEqual({ start: 0, end: 2 });
  expect(movedFields(item("audio", { start: 1 }), 99, 8)).toEqual({ start: 7.9 });
  expect(movedFields(item("text", { start: 0 }), -1, 8)).toBeNull();
  expect(movedFields(item("caption", {}), 1, 8)).toBeNull();
});
