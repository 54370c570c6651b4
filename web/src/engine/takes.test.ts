import { expect, test } from "vitest";
import { asInCut, differences, seedOf, settingsOf, takeBeside, withTake } from "./takes";

const take = (change: object = {}) => ({
  id: "t1",
  number: 1,
  model: "m",
  prompt: "a boat",
  params: { duration: 5, seed: 7 },
  variation: 0,
  keeps_seed: false,
  asset_url: "/one",
  duration_seconds: 5,
  ...change,
});
const NONE = new Set<string>();

test("a take that answers what is asked differs in nothing, defaults counted", () => {
  const asked = { prompt: "a boat", model_params: { model: "m", seed: 7, fallbacks: ["x"] } };
  expect(differences(take(), asked, { duration: 5 }, NONE)).toEqual([]);
});

test("differences name prompt, model and parameters, with both values", () => {
  const asked = {
    prompt: "a ship",
    model_params: { model: "n", duration: 4, seed: 7, start: "file", style: "oil" },
  };
  expect(differences(take(), asked, {}, new Set(["start"]))).toEqual([
    { label: "Prompt", take: "a boat", now: "a ship" },
    { label: "Model", take: "m", now: "n" },
    { label: "Duration", take: "5", now: "4" },
    { label: "Style", take: null, now: "oil" },
  ]);
});

test("settings of a take keep files of the same model and the fallbacks, and nothing else", () => {
  const params = { model: "m", duration: 9, style: "oil", start: "file", fallbacks: ["x"] };
  const media = new Set(["start"]);
  const asked = { prompt: "now", model_params: params };
  const nothingSaid = take({ params: { duration: 5, seed: null } });
  expect(settingsOf(nothingSaid, asked, media)).toEqual({
    prompt: "a boat",
    model_params: { model: "m", duration: 5, start: "file", fallbacks: ["x"] },
  });
  expect(settingsOf(take({ model: "n" }), asked, media).model_params).toEqual({
    model: "n",
    duration: 5,
    seed: 7,
    fallbacks: ["x"],
  });
});

test("what settings say, a take does not differ from", () => {
  const asked = { prompt: "now", model_params: { model: "other", duration: 9 } };
  const settings = settingsOf(take(), asked, NONE);
  expect(differences(take(), settings, { duration: 3 }, NONE)).toEqual([]);
});

test("a seed is moved on by the variation, and goes round", () => {
  expect(seedOf(take())).toBe(7);
  expect(seedOf(take({ variation: 3 }))).toBe(10);
  expect(seedOf(take({ variation: 3, keeps_seed: true }))).toBe(7);
  expect(seedOf(take({ params: { seed: 4_294_967_295 }, variation: 1 }))).toBe(0);
  expect(seedOf(take({ params: {} }))).toBeNull();
});

test("stepping goes by number and stops at the ends", () => {
  const takes = [3, 1, 2].map((number) => take({ id: `t${number}`, number }));
  const next = (id: string | null, step: 1 | -1) => takeBeside(takes, id, step)?.id ?? null;
  expect([next("t1", 1), next("t3", -1), next("t3", 1), next("t1", -1)]).toEqual([
    "t2",
    "t2",
    null,
    null,
  ]);
  expect([next(null, 1), next(null, -1)]).toEqual(["t1", "t3"]);
  expect(takeBeside([], null, 1)).toBeNull();
});

test("a take is looked at in place, without moving anything", () => {
  const segments = ["a", "b"].map((id) => ({
    id,
    asset_url: null,
    duration_seconds: 4,
    is_changed: true,
  }));
  const shown = withTake(segments, "b", take({ duration_seconds: 9 }));
  expect(shown[0]).toBe(segments[0]);
  expect(shown[1]).toEqual({ ...segments[1], asset_url: "/one" });
});

test("which take is in the cut, the segment says", () => {
  const takes = [take(), take({ id: "t2", number: 2, is_current: true, is_pinned: true })];
  const first = asInCut(takes, { take_id: "t1", chosen_take_id: "t1", pinned: true });
  expect(first).toMatchObject([
    { is_current: true, is_pinned: true },
    { is_current: false, is_pinned: false },
  ]);
  const none = asInCut(takes, { take_id: null, chosen_take_id: null, pinned: false });
  expect(none).toMatchObject([{ is_current: false }, { is_current: false, is_pinned: false }]);
});
