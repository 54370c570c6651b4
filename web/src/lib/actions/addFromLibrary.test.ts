import { afterEach, beforeEach, expect, test } from "vitest";
import type { Media } from "@/api/types";
import { FakeServer } from "../fakeServer";
import { openProject, useDocument } from "../store/document";
import { useHistory } from "../store/history";
import { usePlayer } from "../store/player";
import { addFile, addPicture, addSound, addTitle, FRESH_TEXT } from "./addFromLibrary";
import { saveEdits } from "./editSegment";
import { undo } from "./undo";

const file = { id: "m", filename: "walk.mp4" } as Media;
let uninstall: () => void;

beforeEach(() => {
  // Two clips of five seconds.
  uninstall = new FakeServer({ a: "one", b: "two" }).install();
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
