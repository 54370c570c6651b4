// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import { saveEdits } from "@/lib/actions/editSegment";
import { undo } from "@/lib/actions/undo";
import { FakeServer } from "@/lib/fakeServer";
import type { Item } from "@/lib/itemRequests";
import { changeDocument, openProject, useDocument } from "@/lib/store/document";
import { closeHistory } from "@/lib/store/history";
import { type Player, usePlayer } from "@/lib/store/player";
import { select, selectedInOrder, selectItem, selectMany } from "@/lib/store/session";
import { isEnabled, NO_KEYS } from "./command";
import { commandOf } from "./registry";

const text = (fields: object): Item =>
  ({ id: "t", kind: "text", segment: null, media: null, fields }) as unknown as Item;

let leave: () => void;
/** Where the playhead was sent. */
let sought: number[];
const segments = () => openProject().segments;
const fields = () => useDocument.getState().items[0]?.fields;
const isOn = (id: string) => isEnabled(commandOf(id));
const run = (id: string) => {
  expect(isOn(id)).toBe(true);
  commandOf(id).run(NO_KEYS);
};

beforeEach(() => {
  leave = new FakeServer({ s1: "one", s2: "two" }, [text({ start: 6, end: 9 })]).install();
  closeHistory();
  sought = [];
  const player = { seek: (time: number) => sought.push(time) } as unknown as Player;
  usePlayer.setState({ player, time: 0 });
  select("s1");
});

afterEach(async () => {
  await saveEdits();
  leave();
  usePlayer.setState({ player: null });
});

test("the start is trimmed to the playhead, which stays on its picture; then the end", () => {
  usePlayer.setState({ time: 7 });
  run("edit.trimStart");
  expect(segments()[1]?.trim).toEqual({ start: 2, end: null });
  expect(sought).toEqual([5]);
  usePlayer.setState({ time: 6 });
  run("edit.trimEnd");
  expect(segments()[1]?.trim).toEqual({ start: 2, end: 3 });
  expect(sought).toEqual([5]);
  undo();
  expect(segments()[1]?.trim).toEqual({ start: 2, end: null });
});

test("with a title chosen the same keys trim the title, and no clip is cut", () => {
  selectItem("t");
  usePlayer.setState({ time: 7 });
  expect(isOn("edit.split")).toBe(false);
  run("edit.trimStart");
  expect(fields()).toMatchObject({ start: 7, end: 9 });
  usePlayer.setState({ time: 8 });
  run("edit.trimEnd");
  expect(fields()).toMatchObject({ start: 7, end: 8 });
  usePlayer.setState({ time: 2 });
  expect([isOn("edit.trimStart"), isOn("edit.trimEnd"), isOn("edit.split")]).toEqual([
    false,
    false,
    false,
  ]);
  expect(segments().map(({ trim }) => trim)).toEqual([null, null]);
  selectItem(null);
  expect(isOn("edit.split")).toBe(true);
});

test("a copy of segments has what is tied to them, and both go with one undo", async () => {
  const tied = { ...text({ start: 1, end: 2, text: "Hello" }), id: "of s1", segment: "s1" };
  changeDocument(({ baseItems }) => ({ baseItems: [...baseItems, tied] }));
  selectMany(["s1", "s2"]);
  run("edit.duplicate");
  const copies = segments().slice(2);
  expect(segments().map(({ prompt }) => prompt)).toEqual(["one", "two", "one", "two"]);
  expect(selectedInOrder()).toEqual(copies.map(({ id }) => id));
  const items = () => useDocument.getState().items;
  expect(items()).toHaveLength(3);
  expect(items().at(-1)).toMatchObject({ segment: copies[0]?.id, fields: { text: "Hello" } });
  undo();
  expect(segments().map(({ id }) => id)).toEqual(["s1", "s2"]);
  expect(items().map(({ id }) => id)).toEqual(["t", "of s1"]);
});
