import { expect, test } from "vitest";
import type { ItemLike } from "@/engine/items";
import { begunAt, looseBody, looseFrom, looseText } from "./loose";

const item = (more: object): ItemLike => ({
  id: "i1",
  kind: "text",
  segment: null,
  media: null,
  fields: { text: "Hello", start: 1, end: 3 },
  ...more,
});

test("a text is carried without its id, and lasts as long wherever it is put down", () => {
  const body = looseFrom(looseText(looseBody(item({}), 60)));
  expect(body).toEqual({ kind: "text", text: "Hello", start: 1, end: 3 });
  expect(begunAt(body as never, 10.5)).toMatchObject({ start: 10.5, end: 12.5 });
});

test("what left with its segment ends when that did, tied to it no more", () => {
  const tied = item({ segment: "s1", fields: { text: "Hello" } });
  expect(begunAt(looseBody(tied, 4), 20)).toEqual({
    kind: "text",
    text: "Hello",
    start: 20,
    end: 24,
  });
});

test("a sound goes on to its own end, and captions keep their times", () => {
  const sound = looseBody(item({ kind: "audio", media: "m1", segment: "s1", fields: {} }), 4);
  expect(begunAt(sound, 2)).toEqual({ kind: "audio", media: "m1", start: 2 });
  const captions = looseBody(item({ kind: "caption", fields: { captions: "1" } }), 4);
  expect(begunAt(captions, 2)).toEqual({ kind: "caption", captions: "1" });
});

test("other text is left alone", () => {
  for (const text of ["", "hello", "null", "3", '{"kind":"video-foundry/item"}'])
    expect(looseFrom(text)).toBeNull();
});
