import { expect, test } from "vitest";
import { fileEntries, matching, takeEntries, usesNote } from "./library";

const segment = (id: string, change: object = {}) => ({
  id,
  media: null,
  asset_url: null,
  take_id: null,
  model_params: {},
  ...change,
});
const take = (id: string, segment_id: string, asset_url: string, at = "1") => ({
  id,
  segment_id,
  number: 1,
  prompt: `A boat ${id}`,
  asset_url,
  thumbnail_url: null,
  duration_seconds: 2,
  created_at: at,
});
const file = (id: string, change: object = {}) => ({
  id,
  kind: "video",
  filename: `${id}.mp4`,
  url: `/${id}`,
  thumbnail_url: null,
  duration_seconds: 3,
  created_at: "2",
  ...change,
});

test("one clip is one entry, and counts the segments that show it as a take", () => {
  const segments = [
    segment("a", { take_id: "1", asset_url: "/x" }),
    segment("b", { take_id: "2", asset_url: "/x" }),
    segment("c", { asset_url: "/y" }),
  ];
  const takes = [take("3", "b", "/x"), take("1", "a", "/x"), take("4", "c", "/y")];
  const found = takeEntries([...takes, take("5", "gone", "/z")], segments);
  expect(found.map(({ key, place, uses }) => [key, place, uses])).toEqual([
    ["3", 1, 2],
    ["4", 2, 0],
  ]);
});

test("a file is used by segments, by their requests and by items", () => {
  const segments = [
    segment("a", { media: "one" }),
    segment("b", { model_params: { model: "m", image: "two", references: ["one", "three"] } }),
  ];
  const files = ["one", "two", "three", "four", "five"].map((id) => file(id));
  const found = fileEntries(files, segments, [{ media: "four" }, { media: null }]);
  expect(found.map(({ uses }) => uses)).toEqual([2, 1, 1, 1, 0]);
});

test("a picture is its own thumbnail", () => {
  const [entry] = fileEntries([file("p", { kind: "image" })], [], []);
  expect(entry?.thumbnailUrl).toBe("/p");
});

test("what is listed is found by all words, kind and use, the newest first", () => {
  const segments = [segment("a", { take_id: "1", asset_url: "/x" })];
  const entries = [
    ...takeEntries([take("1", "a", "/x", "3"), take("2", "a", "/w", "1")], segments),
    ...fileEntries([file("boat")], segments, []),
  ];
  const keys = (wanted: object) =>
    matching(entries, { words: "", kinds: "all", isUnused: false, ...wanted }).map(
      ({ key }) => key,
    );
  expect(keys({})).toEqual(["1", "boat", "2"]);
  expect(keys({ kinds: "takes" })).toEqual(["1", "2"]);
  expect(keys({ kinds: "files" })).toEqual(["boat"]);
  expect(keys({ isUnused: true })).toEqual(["boat", "2"]);
  expect(keys({ words: "  BOAT 2 " })).toEqual(["2"]);
  expect(keys({ words: "train" })).toEqual([]);
});

test("use is said in words", () => {
  expect([0, 1, 2].map(usesNote)).toEqual(["Not used", "In the film", "2 times in the film"]);
});
