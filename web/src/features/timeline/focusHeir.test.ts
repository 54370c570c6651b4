// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeServer } from "@/lib/fakeServer";
import type { Item } from "@/lib/itemRequests";
import { useSession } from "@/lib/store/session";
import { heirOnStrip } from "./focusHeir";

const TITLE = { id: "i1", kind: "text", segment: null, media: null, fields: {} };

let leave: () => void;

beforeEach(() => {
  leave = new FakeServer({ s1: "one", s2: "two" }, [TITLE as unknown as Item]).install();
  useSession.setState({ selectedId: "s1", selectedItemId: null });
  document.body.innerHTML = '<div><div data-segment="s1"></div></div>';
});

afterEach(() => leave());

const heirOf = (name: string, id: string) => {
  const bar = document.createElement("div");
  bar.dataset[name] = id;
  const grip = bar.appendChild(document.createElement("button"));
  return heirOnStrip(document.body, -1, grip)?.dataset.segment ?? null;
};

test("what was only scrolled out of sight has no heir, what is gone from the film has", () => {
  expect([heirOf("item", "i1"), heirOf("item", "i9")]).toEqual([null, "s1"]);
  expect([heirOf("segment", "s2"), heirOf("segment", "s9")]).toEqual([null, "s1"]);
  expect([heirOf("cut", "s1"), heirOf("cut", "s2")]).toEqual([null, "s1"]);
});
