import { expect, test } from "vitest";
import type { Segment } from "@/api/types";
import type { ItemLike } from "@/engine/operations";
import { arrival, asText, type Carried, fromText } from "./clips";

const segment = (more: object) =>
  ({
    id: "s1",
    prompt: "A fox",
    model_params: { model: "mock-ai", seed: 7 },
    media: null,
    trim: { start: 1, end: null },
    transition: null,
    retime: null,
    framing: null,
    look: null,
    sound: null,
    status: "completed",
    ...more,
  }) as unknown as Segment;

const title = (id: string, of: string | null): ItemLike => ({
  id,
  kind: "text",
  media: null,
  segment: of,
  fields: { text: "Hello" },
});

const ITEMS = [title("i1", "s1"), title("i2", null), title("i3", "s9")];
const END = { after: "s0", before: null };
const film = (id: string, ...segments: string[]) => ({
  id,
  segments: segments.map((one) => ({ id: one })),
  items: [{ id: "i2" }],
});
const copied = fromText(asText("p1", [segment({})], ITEMS)) as Carried;
const cut = fromText(asText("p1", [segment({})], ITEMS, "d1")) as Carried;

/** What comes in: the segment, then what is tied to it. */
function come(carried: Carried, into: ReturnType<typeof film>) {
  const { changes, ids } = arrival(carried, into, END);
  const [insert, items] = changes;
  if (insert?.type !== "insert_segments") throw new Error("no segments come in");
  const tied = items?.type === "insert_items" ? items : null;
  return { segment: insert.segments[0], restores: insert.restores, insert, tied, ids };
}

test("a copy asks for the same clip, trim and all, and has the takes of the one it was copied from", () => {
  const { segment: one, restores, insert, ids } = come(copied, film("p1", "s0", "s1"));
  expect(one).toMatchObject({
    prompt: "A fox",
    model_params: { model: "mock-ai", seed: 7 },
    trim: { start: 1, end: null },
    copies: "s1",
  });
  expect(one).not.toHaveProperty("status");
  expect([one?.id === "s1", restores, insert.after, ids]).toEqual([
    false,
    undefined,
    "s0",
    [one?.id],
  ]);
});

test("what is tied to a copied segment comes along under names of its own, above all others", () => {
  const { segment: one, tied } = come(copied, film("p1", "s1"));
  expect(tied).toMatchObject({
    after: "i2",
    items: [{ item: { kind: "text", text: "Hello", segment: one?.id } }],
  });
  expect(tied?.items[0]?.id).not.toBe("i1");
});

test("what was cut comes back as it was, and only once: from then on it is copied", () => {
  const back = come(cut, film("p1", "s0"));
  expect([back.segment?.id, back.restores]).toEqual(["s1", "d1"]);
  expect(back.segment).not.toHaveProperty("copies");
  expect(back.tied?.items).toMatchObject([{ id: "i1", item: { segment: "s1" } }]);
  const again = come(cut, film("p1", "s0", "s1"));
  expect(again.segment).toMatchObject({ copies: "s1" });
  expect(again.segment?.id).not.toBe("s1");
});

test("what was tied to a cut segment and is on the film still comes back under a new name", () => {
  const into = { ...film("p1", "s0"), items: [{ id: "i1" }] };
  const { segment: one, tied } = come(cut, into);
  expect(one?.id).toBe("s1");
  expect(tied?.items).toMatchObject([{ item: { segment: "s1" } }]);
  expect(tied?.items[0]?.id).not.toBe("i1");
});

test("another project gets new segments that name nothing of the one they are from", () => {
  for (const carried of [copied, cut]) {
    const { segment: one, restores, tied } = come(carried, film("p2", "s0"));
    expect([one?.id === "s1", restores]).toEqual([false, undefined]);
    expect(one).not.toHaveProperty("copies");
    expect(tied?.items).toMatchObject([{ item: { text: "Hello", segment: one?.id } }]);
  }
});

test("a text without names, as others may write it, comes in as new", () => {
  const text = JSON.stringify({
    kind: "video-foundry/segments",
    segments: [{ prompt: "A fox", model_params: {}, order_index: 4 }],
  });
  const { segment: one, tied } = come(fromText(text) as Carried, film("p1", "s1"));
  expect(one).toEqual({ id: one?.id, prompt: "A fox", model_params: {} });
  expect(tied).toBeNull();
});

test("own footage is carried by its file", () => {
  const [body] = fromText(asText("p1", [segment({ media: "m1", prompt: "" })], []))?.segments ?? [];
  expect(body).toMatchObject({ media: "m1" });
  expect(body).not.toHaveProperty("prompt");
});

test("other text is left alone", () => {
  for (const text of ["", "hello", "3", "null", '{"kind":"video-foundry/segments","segments":[4]}'])
    expect(fromText(text)).toBeNull();
});
