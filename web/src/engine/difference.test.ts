import { expect, test } from "vitest";
import { difference } from "./difference";

const LONG = "Waves roll under drifting fog, the beam of the lighthouse sweeps over them";

test("what is added at the end of a long text is shown with the words before it", () => {
  expect(difference(LONG, `${LONG}, heavy rain`)).toEqual({
    head: "…the lighthouse sweeps over them",
    was: "",
    now: ", heavy rain",
    tail: "",
  });
});

test("a word in the middle is told apart, with what both end with", () => {
  expect(difference("A red car at dusk", "A blue car at dusk")).toEqual({
    head: "A ",
    was: "red",
    now: "blue",
    tail: " car at dusk",
  });
});

test("texts that share nothing differ wholly, as does one that is empty", () => {
  expect(difference("one", "two")).toEqual({ head: "", was: "one", now: "two", tail: "" });
  expect(difference("", "two")).toEqual({ head: "", was: "", now: "two", tail: "" });
});

test("a word said twice is counted once, at the beginning or at the end", () => {
  const { head, was, now, tail } = difference("far far away", "far away");
  expect([head + was + tail, head + now + tail]).toEqual(["far far away", "far away"]);
});

test("scripts without spaces are told apart by their words", () => {
  const { was, now, tail } = difference("海辺の赤い灯台", "海辺の青い灯台");
  expect(was).not.toContain("灯台");
  expect(now).not.toContain("灯台");
  expect(tail).toContain("灯台");
});
