import { expect, test } from "vitest";
import type { Segment } from "@/api/types";
import { asText, fromText } from "./clips";

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

test("what is copied asks for the same clip, trim and all, and carries no ids along", () => {
  const [body] = fromText(asText([segment({})])) ?? [];
  expect(body).toMatchObject({
    prompt: "A fox",
    model_params: { model: "mock-ai", seed: 7 },
    trim: { start: 1, end: null },
  });
  expect(body).not.toHaveProperty("id");
  expect(body).not.toHaveProperty("status");
});

test("own footage is carried by its file", () => {
  const [body] = fromText(asText([segment({ media: "m1", prompt: "" })])) ?? [];
  expect(body).toMatchObject({ media: "m1" });
  expect(body).not.toHaveProperty("prompt");
});

test("other text is left alone", () => {
  for (const text of ["", "hello", "3", "null", '{"kind":"video-foundry/segments","segments":[4]}'])
    expect(fromText(text)).toBeNull();
});
