import { expect, test } from "vitest";
import { isOfThisTimeline } from "./films";

const made = (digest: string | null, name = "main") => ({
  outputs: [{ name, digest }],
});
const planned = (digest: string | null) => ({
  outputs: [
    { name: "tall", digest: "tall" },
    { name: "main", digest },
  ],
});

test("a film is the timeline's when a render would lead to the same bytes", () => {
  expect(isOfThisTimeline(made("a"), planned("a"))).toBe(true);
  expect(isOfThisTimeline(made("a"), planned("b"))).toBe(false);
});

test("a film is older when the timeline's has yet to be made, or nobody can say what it is", () => {
  expect(isOfThisTimeline(made("a"), planned(null))).toBe(false);
  expect(isOfThisTimeline(made(null), planned(null))).toBe(false);
  expect(isOfThisTimeline(made("a"), { outputs: [] })).toBe(false);
});

test("other outputs are not the film", () => {
  expect(isOfThisTimeline(made("tall", "tall"), planned("a"))).toBe(false);
});
