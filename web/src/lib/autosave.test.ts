// @vitest-environment happy-dom
import "fake-indexeddb/auto";
import { keys } from "idb-keyval";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { addSegment } from "./actions/addSegment";
import { deleteSegments } from "./actions/deleteSegments";
import { editSegment, saveEdits } from "./actions/editSegment";
import { insertSegments } from "./actions/insertSegments";
import { moveSegments, moveSegmentTo } from "./actions/moveSegments";
import { transact, WHOLE } from "./actions/perform";
import { redo } from "./actions/redo";
import { keepTheirs, restoreAsNew, takeMine } from "./actions/settleConflict";
import { splitSegment } from "./actions/splitSegment";
import { undo } from "./actions/undo";
import { updateProject } from "./actions/updateProject";
import { FakeServer } from "./fakeServer";
import { type Conflict, isGone, useConflicts } from "./store/conflicts";
import { openProject, useDocument } from "./store/document";
import { takeForeign } from "./store/foreign";
import { closeHistory, useHistory } from "./store/history";
import { openDocument } from "./store/opening";
import { reload } from "./store/writes";

const realNow = Date.now;
let server: FakeServer;
let leave: () => void;
const shownPrompts = () => openProject().segments.map((segment) => segment.prompt);
const sent = () => server.requests.filter((line) => line.endsWith("/operations")).length;
const conflict = () => useConflicts.getState().conflicts[0];

/** What somebody else does. */
let count = 0;
const theirs = (segment: string, prompt: string, was: string) => {
  count += 1;
  const [set, seen] = [{ prompt }, { prompt: was }];
  const edit = { type: "edit_segment", segment, set, was: seen } as const;
  server.apply([{ ...edit, id: `theirs${count}`, step: `theirs${count}` }]);
};

beforeEach(() => {
  server = new FakeServer({ s1: "one", s2: "two", s3: "three" });
  leave = server.install();
  closeHistory();
  useConflicts.setState({ conflicts: [] });
});

afterEach(() => {
  Date.now = realNow;
  leave();
});

test("an edit shows at once and is saved as an operation", async () => {
  editSegment("s1", { prompt: "uno" });
  expect(shownPrompts()).toEqual(["uno", "two", "three"]);
  expect(useDocument.getState().save).toBe("waiting");
  expect(server.prompts[0]).toBe("one");
  await saveEdits();
  expect(server.prompts[0]).toBe("uno");
  expect(useDocument.getState()).toMatchObject({ save: "saved", pending: [] });
  expect(openProject().revision).toBe(6);
});

test("typing is sent once and undone as one step", async () => {
  Date.now = () => 1_000; // a busy machine pauses where nobody does
  for (const prompt of ["o", "ot", "oth", "other"]) editSegment("s1", { prompt });
  await saveEdits();
  expect([sent(), server.known.size]).toEqual([1, 1]);
  for (const prompt of ["others", "others!"]) editSegment("s1", { prompt });
  await saveEdits();
  expect(useHistory.getState().done).toHaveLength(1);
  undo();
  await saveEdits();
  expect([server.prompts[0], useHistory.getState().canUndo]).toEqual(["one", false]);
  redo();
  await saveEdits();
  expect(server.prompts[0]).toBe("others!");
});

test("what is not typed is a step of its own, however soon after the one before", async () => {
  Date.now = () => 1_000;
  editSegment("s1", { trim: { start: 1, end: null } }, WHOLE);
  editSegment("s1", { trim: { start: 1, end: 4 } }, WHOLE);
  editSegment("s1", { look: { exposure: 1 } as never }, "exposure");
  editSegment("s1", { look: { exposure: 1, contrast: 2 } as never }, "contrast");
  expect(useHistory.getState().done).toHaveLength(4);
  undo();
  expect(openProject().segments[0]).toMatchObject({ look: { exposure: 1 } });
  undo();
  undo();
  expect(openProject().segments[0]).toMatchObject({ look: null, trim: { start: 1, end: null } });
  await saveEdits();
  expect(server.project.segments[0]?.trim).toEqual({ start: 1, end: null });
});

test("an edit goes on top of what somebody else did to another field or segment", async () => {
  theirs("s2", "theirs", "two");
  editSegment("s1", { prompt: "mine" });
  await saveEdits();
  expect(server.prompts).toEqual(["mine", "theirs", "three"]);
  expect(shownPrompts()).toEqual(["mine", "theirs", "three"]);
});

test("the same field changed by two people waits for a decision, and nothing is lost", async () => {
  theirs("s1", "theirs", "one");
  editSegment("s1", { prompt: "mine" });
  editSegment("s2", { prompt: "due" });
  await saveEdits();
  expect(shownPrompts()).toEqual(["theirs", "due", "three"]);
  expect(conflict()).toMatchObject({
    kind: "clashing",
    clashes: [{ field: "prompt", theirs: "theirs", mine: "mine" }],
  });
  takeMine(conflict() as never);
  await saveEdits();
  expect([server.prompts[0], useConflicts.getState().conflicts]).toEqual(["mine", []]);
});

test.each([
  ["known before the edit is sent", reload],
  ["known from the answer to the edit", () => Promise.resolve()],
])("a deleted segment, %s, can be restored as a new one with the edit in it", async (_, hear) => {
  editSegment("s2", { prompt: "due" });
  server.apply([{ type: "delete_segments", segments: ["s2"], id: "x", step: "x" }]);
  await hear();
  await saveEdits();
  expect(conflict()).toMatchObject({ kind: "gone", lost: { id: "s2", prompt: "two" } });
  restoreAsNew(conflict() as never);
  await saveEdits();
  expect(server.prompts).toEqual(["one", "due", "three"]);
});

test("whose words clash with another's, and who then deletes it, loses nobody's words", async () => {
  theirs("s2", "zwei", "two");
  editSegment("s2", { prompt: "due" });
  await saveEdits();
  const mine = conflict() as Conflict;
  expect(isGone(mine, useDocument.getState())).toBe(false);
  server.apply([{ type: "delete_segments", segments: ["s2"], id: "x", step: "x" }]);
  await reload();
  expect(isGone(mine, useDocument.getState())).toBe(true);
  takeMine(mine);
  await saveEdits();
  expect(server.prompts).toEqual(["one", "due", "three"]);
});

test("what waits for a decision outlives a reload, until it is decided", async () => {
  const open = { project: server.project, items: server.items };
  const closed = () => vi.waitFor(() => expect(useDocument.getState().base).toBeNull());
  openDocument(open);
  theirs("s1", "theirs", "one");
  editSegment("s1", { prompt: "mine" });
  await saveEdits();
  expect(conflict()).toBeDefined();

  openDocument(open);
  expect(conflict()).toBeUndefined();
  await vi.waitFor(() => expect(conflict()).toMatchObject({ clashes: [{ mine: "mine" }] }));
  keepTheirs(conflict() as never);
  await vi.waitFor(async () => expect((await keys()).join()).not.toContain("conflicts"));
  openDocument(open)();
  await closed();
  expect(conflict()).toBeUndefined();
});

test("undo of what somebody else changed since is refused with words, and offered back", async () => {
  editSegment("s1", { prompt: "mine" });
  await saveEdits();
  theirs("s1", "theirs", "mine");
  await reload();
  undo();
  await saveEdits();
  expect(shownPrompts()[0]).toBe("theirs");
  expect(conflict()).toMatchObject({ undoing: "undo of the edit of prompt" });
  takeMine(conflict() as never);
  await saveEdits();
  expect(server.prompts[0]).toBe("one");
});

test("a refused edit stays on the screen with the reason at its field", async () => {
  server.refuse = { field: "prompt", message: "too long", fix: "shorten it" };
  editSegment("s1", { prompt: "endless" });
  await saveEdits();
  expect(shownPrompts()[0]).toBe("endless");
  expect(useDocument.getState().save).toBe("failed");
  expect(useDocument.getState().fieldProblems.s1).toMatchObject([
    { field: "prompt", fix: "shorten it" },
  ]);
  server.refuse = null;
  editSegment("s1", { prompt: "short" });
  await saveEdits();
  expect(useDocument.getState()).toMatchObject({ save: "saved", fieldProblems: {} });
  expect(server.prompts[0]).toBe("short");
});

test("what was refused can be undone", async () => {
  server.refuse = { field: "prompt", message: "too long", fix: "shorten it" };
  editSegment("s1", { prompt: "endless" });
  await saveEdits();
  server.refuse = null;
  undo();
  await saveEdits();
  expect(shownPrompts()[0]).toBe("one");
  expect(useDocument.getState()).toMatchObject({ save: "saved", pending: [] });
});

test("an answer that is lost loses nothing and applies nothing twice", async () => {
  server.isDeaf = true;
  await moveSegmentTo("s1", 2);
  await saveEdits();
  expect(useDocument.getState().save).toBe("unreachable");
  expect(shownPrompts()).toEqual(["two", "three", "one"]);
  server.isDeaf = false;
  theirs("s2", "theirs", "two");
  await saveEdits();
  expect(server.prompts).toEqual(["theirs", "three", "one"]);
  expect(shownPrompts()).toEqual(["theirs", "three", "one"]);
  expect(useDocument.getState()).toMatchObject({ save: "saved", pending: [] });
});

test("moving, deleting, adding and splitting are undone and done again, in order", async () => {
  await moveSegments(["s1", "s2"], 1);
  await deleteSegments(["s3", "s2"]);
  const added = await addSegment({ prompt: "four", model_params: {} }, 0);
  const half = splitSegment(added.id, 2);
  await saveEdits();
  const done = server.project.segments.map(({ id, trim }) => ({ id, trim }));
  expect(done).toEqual([
    { id: added.id, trim: { start: 0, end: 2 } },
    { id: half, trim: { start: 2, end: null } },
    { id: "s1", trim: null },
  ]);
  expect(useHistory.getState().undoLabel).toBe("split");
  for (let step = 0; step < 4; step += 1) undo();
  await saveEdits();
  expect(server.project.segments.map(({ id }) => id)).toEqual(["s1", "s2", "s3"]);
  expect(useHistory.getState()).toMatchObject({ canUndo: false, canRedo: true });
  for (let step = 0; step < 4; step += 1) redo();
  await saveEdits();
  expect(server.project.segments.map(({ id, trim }) => ({ id, trim }))).toEqual(done);
});

test("what is done together is one step", async () => {
  transact("tidying", () => {
    insertSegments([{ prompt: "a", model_params: {} }], 0);
    editSegment("s3", { prompt: "drei" });
    void deleteSegments(["s1"]);
  });
  await saveEdits();
  expect(server.prompts).toEqual(["a", "two", "drei"]);
  expect(useHistory.getState()).toMatchObject({ undoLabel: "tidying" });
  undo();
  await saveEdits();
  expect(server.prompts).toEqual(["one", "two", "three"]);
});

test("a refusal that a form shows itself is thrown, and leaves nothing behind", async () => {
  server.refuse = { field: "name", message: "too long", fix: "shorten it" };
  await expect(updateProject({ name: "x".repeat(400) } as never)).rejects.toThrow("too long");
  expect(openProject().name).toBe("film");
  expect(useHistory.getState().canUndo).toBe(false);
});

test("of the settings only what was changed is sent, and what somebody else changed is offered", async () => {
  const seen = openProject() as never;
  const others = { settings: { fps: 30 }, description: "theirs" };
  const edit = { set: others, was: { settings: { fps: 24 }, description: "" } };
  server.apply([{ type: "edit_project", ...edit, id: "x", step: "x" }]);
  await reload();
  expect(await updateProject({ name: "mine", settings: { fps: 24 } } as never, seen)).toBe(true);
  expect(server.project).toMatchObject({ name: "mine", settings: { fps: 30 } });
  expect(await updateProject({ settings: { fps: 25 } } as never, seen)).toBe(false);
  expect(server.project.settings.fps).toBe(30);
  expect(conflict()).toMatchObject({ clashes: [{ field: "settings.fps", theirs: 30, mine: 25 }] });
});

test("what others do shows under what is not saved here", () => {
  editSegment("s1", { prompt: "mine" });
  const move = { type: "move_segments", segments: ["s3"], after: null } as const;
  takeForeign(6, [{ ...move, id: "m", step: "m" }]);
  expect(shownPrompts()).toEqual(["three", "mine", "two"]);
  expect(useDocument.getState().base?.revision).toBe(6);
  takeForeign(9, [{ ...move, segments: ["s2"], id: "n", step: "n" }]);
  expect(shownPrompts()).toEqual(["three", "mine", "two"]);
});
