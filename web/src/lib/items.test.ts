// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import { addItem } from "./actions/addItem";
import { deleteItem } from "./actions/deleteItem";
import { editItem } from "./actions/editItem";
import { saveEdits } from "./actions/editSegment";
import { moveItem } from "./actions/moveItem";
import { restoreAsNew } from "./actions/settleConflict";
import { undo } from "./actions/undo";
import { FakeServer } from "./fakeServer";
import type { Item } from "./itemRequests";
import { useConflicts } from "./store/conflicts";
import { useDocument } from "./store/document";
import { closeHistory } from "./store/history";
import { useSession } from "./store/session";
import { reload } from "./store/writes";

const text = (id: string, words: string): Item => ({
  id,
  project_id: "p",
  kind: "text",
  segment: null,
  media: null,
  fields: { text: words, start: 1 },
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
});

let server: FakeServer;
let leave: () => void;
const shown = () => useDocument.getState().items.map(({ fields }) => fields.text);

beforeEach(() => {
  server = new FakeServer({}, [text("i1", "i1"), text("i2", "i2")]);
  leave = server.install();
  closeHistory();
  useSession.setState({ selectedItemId: null });
});

afterEach(() => leave());

test("edits of an item show at once, add up, and are saved", async () => {
  editItem("i1", { fields: { text: "uno" } });
  editItem("i1", { fields: { start: 2 } });
  expect(shown()).toEqual(["uno", "i2"]);
  expect(useDocument.getState().save).toBe("waiting");
  await saveEdits();
  expect(server.items[0]?.fields).toEqual({ text: "uno", start: 2 });
  expect(useDocument.getState()).toMatchObject({ save: "saved", pending: [] });
});

test("a field that was not there before is not there after undo", async () => {
  editItem("i1", { fields: { end: 3 } });
  editItem("i1", { fields: { end: 4 } });
  await saveEdits();
  expect(server.items[0]?.fields).toEqual({ text: "i1", start: 1, end: 4 });
  undo();
  await saveEdits();
  expect(server.items[0]?.fields).toEqual({ text: "i1", start: 1 });
});

test("a field that is unset is as if never given, and undo gives it back", async () => {
  editItem("i1", { fields: { language: "ja" } });
  await saveEdits();
  editItem("i1", { unset: ["language"] }, "back");
  expect(useDocument.getState().items[0]?.fields).toEqual({ text: "i1", start: 1 });
  await saveEdits();
  expect(server.items[0]?.fields).toEqual({ text: "i1", start: 1 });
  undo();
  await saveEdits();
  expect(server.items[0]?.fields).toEqual({ text: "i1", start: 1, language: "ja" });
});

test("edits of different parts of a field are steps of their own", async () => {
  editItem("i1", { fields: { style: { size: 0.1 } } }, "size");
  editItem("i1", { fields: { style: { size: 0.1, color: "#ff0000" } } }, "color");
  undo();
  await saveEdits();
  expect(server.items[0]?.fields.style).toEqual({ size: 0.1 });
});

test("a refused edit stays on the screen with the reason, and goes with the next one", async () => {
  server.refuse = { field: "style.size", message: "too large", fix: "smaller" };
  editItem("i1", { fields: { style: { size: 9 } } });
  await saveEdits();
  expect(useDocument.getState()).toMatchObject({ save: "failed" });
  expect(useDocument.getState().fieldProblems.i1).toMatchObject([{ field: "style.size" }]);
  server.refuse = null;
  editItem("i1", { fields: { style: { size: 0.1 }, text: "uno" } });
  expect(useDocument.getState().fieldProblems).toEqual({});
  await saveEdits();
  expect(server.items[0]?.fields).toMatchObject({ style: { size: 0.1 }, text: "uno" });
});

test("added, moved and removed; what is removed is no longer looked at, and undo brings it back", async () => {
  const { id } = await addItem({ kind: "text", text: "three" } as never);
  expect(useSession.getState().selectedItemId).toBe(id);
  await moveItem(id, -1);
  expect(shown()).toEqual(["i1", "three", "i2"]);
  await deleteItem(id);
  expect(useSession.getState().selectedItemId).toBeNull();
  await saveEdits();
  expect([shown(), server.items.length]).toEqual([["i1", "i2"], 2]);
  undo();
  await saveEdits();
  expect(server.items.map((item) => item.id)).toEqual(["i1", id, "i2"]);
});

test("news from elsewhere brings the items along, and leaves unsaved edits on top", async () => {
  server.project = { ...server.project, revision: 7 };
  server.items = [text("i1", "theirs"), text("i9", "new")];
  editItem("i1", { fields: { start: 4 } });
  await reload();
  expect(shown()).toEqual(["theirs", "new"]);
  expect(useDocument.getState().items[0]?.fields.start).toBe(4);
  await saveEdits();
});

test("an edit of what somebody deleted is offered back with what was typed", async () => {
  editItem("i1", { fields: { text: "uno" } });
  server.apply([{ type: "delete_items", items: ["i1"], id: "x", step: "x" }]);
  await reload();
  await saveEdits();
  const [conflict] = useConflicts.getState().conflicts;
  expect(conflict).toMatchObject({ kind: "gone", lostItem: { id: "i1" } });
  restoreAsNew(conflict as never);
  await saveEdits();
  expect(server.items.map(({ fields }) => fields)).toEqual([
    { text: "i2", start: 1 },
    { text: "uno", start: 1 },
  ]);
});
