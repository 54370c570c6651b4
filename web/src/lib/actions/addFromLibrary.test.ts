import { afterEach, beforeEach, expect, test } from "vitest";
import type { Media, Take } from "@/api/types";
import { FakeServer } from "../fakeServer";
import { openProject, useDocument } from "../store/document";
import { useHistory } from "../store/history";
import { usePlayer } from "../store/player";
import { addFile, addPicture, addSound, addTake, addTitle, FRESH_TEXT } from "./addFromLibrary";
import { saveEdits } from "./editSegment";
import { redo } from "./redo";
import { undo } from "./undo";

const file = { id: "m", filename: "walk.mp4" } as Media;
let server: FakeServer;
let uninstall: () => void;

beforeEach(() => {
  // Two clips of five seconds.
  server = new FakeServer({ a: "one", b: "two" });
  uninstall = server.install();
  usePlayer.setState({ time: 0 });
});
afterEach(async () => {
  await saveEdits();
  uninstall();
});

const order = () => openProject().segments.map(({ id, media }) => media ?? id);
const fields = () => useDocument.getState().items.map((item) => item.fields);

test("a file goes to the cut nearest to the playhead, or to a place, and is taken back", async () => {
  usePlayer.setState({ time: 6 });
  await addFile(file);
  expect(order()).toEqual(["a", "m", "b"]);
  await addFile(file, 0);
  expect(order()).toEqual(["m", "a", "m", "b"]);
  expect(useHistory.getState().canUndo).toBe(true);
  undo();
  undo();
  expect(order()).toEqual(["a", "b"]);
});

test("texts, sounds and pictures begin at the playhead, while the film lasts", async () => {
  usePlayer.setState({ time: 2.345 });
  await addTitle("quote");
  await addSound(file, "voice");
  await addPicture(file, 99);
  expect(fields()).toMatchObject([
    { text: FRESH_TEXT, preset: "quote", start: 2.35, end: 5.35 },
    { role: "voice", start: 2.35 },
    { start: 9.5 },
  ]);
});

test("a take that is not in the cut comes in and is shown, as one step to undo", async () => {
  const base = { segment_id: "a", prompt: "one", model: "m", params: {}, asset_url: "/second" };
  const second = { ...base, id: "of-a" } as unknown as Take;
  server.takesOf = (id) => [
    { ...second, id: `first-of-${id}`, asset_url: "/first" },
    { ...second, id: `second-of-${id}`, segment_id: id },
  ];
  const steps = useHistory.getState().done.length;
  await addTake(second, new Set(), 1);
  const fresh = openProject().segments[1]?.id ?? "";
  const shown = () => server.project.segments.map((one) => one.chosen_take_id);
  expect(shown()).toEqual([null, `second-of-${fresh}`, null]);
  undo();
  await saveEdits();
  expect(order()).toEqual(["a", "b"]);
  expect(useHistory.getState().done).toHaveLength(steps);
  redo();
  await saveEdits();
  expect(order()).toEqual(["a", fresh, "b"]);
});
