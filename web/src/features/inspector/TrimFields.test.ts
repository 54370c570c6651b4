// @vitest-environment happy-dom
import { QueryClientProvider } from "@tanstack/react-query";
import { act, createElement } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Segment } from "@/api/types";
import { FakeServer } from "@/lib/fakeServer";
import { keys, queryClient } from "@/lib/queryClient";
import { openProject } from "@/lib/store/document";
import { TrimFields } from "./TrimFields";

let leave: () => void;

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  leave = new FakeServer({ s1: "one", s2: "two" }).install();
});

afterEach(() => {
  queryClient.clear();
  leave();
});

/** What each field of the first segment says is wrong with it, where the plan tells of one problem. */
function wrong(segment_id: string, field: string): (string | undefined)[] {
  const problem = { segment_id, field, message: "its trim begins at 8 s", fix: "begin before 5 s" };
  queryClient.setQueryData(keys.plan("p"), { problems: [problem] });
  const [segment] = openProject().segments as [Segment];
  const fields = createElement(TrimFields, { segment });
  const shown = document.createElement("div");
  const root = createRoot(shown);
  act(() => root.render(createElement(QueryClientProvider, { client: queryClient }, fields)));
  const said = [...shown.querySelectorAll("input")].map((input) => {
    const note = input.getAttribute("aria-describedby");
    return shown.querySelector(`[id="${note}"]`)?.textContent;
  });
  act(() => root.unmount());
  return said;
}

test("what the plan says of a trim stands at the field that it is about", () => {
  const said = "its trim begins at 8 sbegin before 5 s";
  expect(wrong("s1", "trim")).toEqual([said, undefined]);
  expect(wrong("s1", "segments.0.trim.start")).toEqual([said, undefined]);
  expect(wrong("s1", "segments.0.trim.end")).toEqual([undefined, said]);
  expect(wrong("s1", "retime.speed")).toEqual([undefined, undefined]);
  expect(wrong("s2", "trim")).toEqual([undefined, undefined]);
});
