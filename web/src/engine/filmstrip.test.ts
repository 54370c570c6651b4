import { expect, test } from "vitest";
import { digestIn, type StripLike, stripFor, tilesBetween } from "./filmstrip";

const strip = (step: number, ready = true): StripLike => ({
  step_seconds: step,
  tile_width: 170,
  tile_height: 96,
  count: 250,
  sheets: [
    { state: "ready", url: "/one", first: 0, count: 100, columns: 10, rows: 10 },
    {
      state: ready ? "ready" : "making",
      url: ready ? "/two" : null,
      first: 100,
      count: 150,
      columns: 10,
      rows: 15,
    },
  ],
});

test("as coarse a strip as will do is taken", () => {
  const strips = [strip(1), strip(5)];
  expect(stripFor(strips, 8)?.step_seconds).toBe(5);
  expect(stripFor(strips, 2)?.step_seconds).toBe(1);
  expect(stripFor(strips, 0.2)?.step_seconds).toBe(1);
  expect(stripFor([], 1)).toBeNull();
});

test("each tile shows the moment in its middle", () => {
  const tiles = tilesBetween(strip(1), 100, 0, 300, (x) => x / 10);
  expect(tiles.map(({ x, column, row }) => [x, column, row])).toEqual([
    [0, 5, 0],
    [100, 5, 1],
    [200, 5, 2],
  ]);
});

test("only what is in sight is looked up, and what is not made yet is left out", () => {
  const far = tilesBetween(strip(1, false), 100, 950, 1250, (x) => x / 10);
  expect(far.map(({ x, url }) => [x, url])).toEqual([[900, "/one"]]);
  expect(tilesBetween(strip(1), 100, 950, 1250, (x) => x / 10)[1]?.url).toBe("/two");
});

test("a digest is read out of an artifact's address", () => {
  const digest = "ab".repeat(32);
  expect(digestIn(`/api/artifacts/${digest}?x=1`)).toBe(digest);
  expect(digestIn("/api/media/1")).toBeNull();
  expect(digestIn(null)).toBeNull();
});
