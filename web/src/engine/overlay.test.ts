import { expect, test } from "vitest";
import { addEdit, dropEdit, overlay } from "./overlay";

const items = [
  { id: "a", order_index: 0, prompt: "one", seed: 1 },
  { id: "b", order_index: 3, prompt: "two", seed: 2 },
];

test("newer edits win field by field, and the rest shows through", () => {
  const shown = overlay(items, [{ a: { prompt: "sent" } }, { a: { prompt: "typed" } }], null);
  expect(shown[0]).toEqual({ id: "a", order_index: 0, prompt: "typed", seed: 1 });
});

test("gaps in the server's indexes do not show", () => {
  expect(overlay(items, [], null).map((item) => item.order_index)).toEqual([0, 1]);
});

test("an unconfirmed order shows at once; things that it does not know keep their place", () => {
  expect(overlay(items, [], ["b", "a"]).map((item) => item.id)).toEqual(["b", "a"]);
  const more = [...items, { id: "c", order_index: 9, prompt: "new", seed: 3 }];
  expect(overlay(more, [], ["b", "a"]).map((item) => item.id)).toEqual(["b", "a", "c"]);
});

test("edits of one thing add up, and go when they are dropped", () => {
  const edits = addEdit(addEdit({}, "a", { prompt: "x" } as object), "a", { seed: 7 });
  expect(edits).toEqual({ a: { prompt: "x", seed: 7 } });
  expect(dropEdit(edits, "a")).toEqual({});
});
