import { expect, test } from "vitest";
import { saidBy, subjectOf } from "./words";

const known = (more: object = {}) =>
  ({
    segments: [
      { id: "s1", order_index: 0 },
      { id: "s2", order_index: 1 },
    ],
    items: [{ id: "i1", kind: "text", segment: null, media: null, fields: { text: "Harbour" } }],
    lost: null,
    lostItem: null,
    ...more,
  }) as never;

const edit = { type: "edit_segment", set: { prompt: "due" }, was: {}, id: "a", step: "a" } as const;
const words = {
  type: "edit_item",
  set: { kind: "text", fields: { text: "uno" } },
  was: { kind: "text" },
  id: "b",
  step: "b",
} as const;

test("an edit names what it is about, also where that is gone", () => {
  expect(subjectOf({ ...edit, segment: "s2" }, known())).toBe("Segment 2");
  const lost = { id: "s9", order_index: 8 };
  expect(subjectOf({ ...edit, segment: "s9" }, known({ lost }))).toBe("Segment 9");
  expect(subjectOf({ ...words, item: "i1" }, known())).toBe("Text “Harbour”");
  const lostItem = { id: "i9", kind: "audio", segment: null, media: null, fields: {} };
  expect(subjectOf({ ...words, item: "i9" }, known({ lostItem }))).toBe("Sound");
  const project = { type: "edit_project", set: {}, was: {}, id: "c", step: "c" } as const;
  expect(subjectOf(project, known())).toBe("The project");
});

test("what was typed is shown field by field", () => {
  expect(saidBy({ ...edit, segment: "s2" })).toEqual([["prompt", "due"]]);
  expect(saidBy({ ...words, item: "i1" })).toEqual([["text", "uno"]]);
});
