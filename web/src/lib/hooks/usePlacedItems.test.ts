// @vitest-environment happy-dom
import { QueryClientProvider } from "@tanstack/react-query";
import { act, createElement } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeServer } from "../fakeServer";
import type { Item } from "../itemRequests";
import { queryClient } from "../queryClient";
import { adopt, openProject, useDocument } from "../store/document";
import { type PlacedItem, usePlacedItems } from "./usePlacedItems";

const title = (id: string, segment: string) =>
  ({ id, kind: "text", segment, media: null, fields: { text: id, start: 1 } }) as unknown as Item;

const seen: (readonly PlacedItem[])[] = [];
function Probe() {
  seen.push(usePlacedItems());
  return null;
}

let leave: () => void;
let unmount: () => void;

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  leave = new FakeServer({ s1: "one", s2: "two" }, [title("i1", "s2")]).install();
  const root = createRoot(document.createElement("div"));
  const probes = createElement("div", null, createElement(Probe), createElement(Probe));
  act(() => root.render(createElement(QueryClientProvider, { client: queryClient }, probes)));
  unmount = () => act(() => root.unmount());
});

afterEach(() => {
  unmount();
  leave();
  seen.length = 0;
});

/** The project as the server would tell it next. */
const tell = (change: object) =>
  act(() => adopt({ ...openProject(), ...change, revision: openProject().revision + 1 }));

test("all who ask get the same places, and other words of a segment leave them as they are", () => {
  const segments = openProject().segments.map((one) => ({ ...one, prompt: "else" }));
  tell({ segments });
  expect(useDocument.getState().project?.segments[0]?.prompt).toBe("else");
  expect(seen.length).toBeGreaterThan(2);
  expect(new Set(seen).size).toBe(1);
});

test("items of segments that change places, alike as they are, are placed anew", () => {
  const before = seen.at(-1)?.[0]?.span;
  const [first, second] = openProject().segments;
  tell({
    segments: [
      { ...second, order_index: 0 },
      { ...first, order_index: 1 },
    ],
  });
  expect(before).toMatchObject({ start: 6 });
  expect(seen.at(-1)?.[0]?.span).toMatchObject({ start: 1 });
});
