import { expect, test } from "vitest";
import { type DriftPlan, type DriftRow, planChanges } from "./planDrift";

const price = (amount: string) => ({ low: amount, high: amount, currency: "USD", is_known: true });

const row = (segment_id: string, action: string, more: Partial<DriftRow> = {}): DriftRow => ({
  segment_id,
  action,
  price: price("0"),
  ...more,
});

const plan = (segments: DriftRow[], more: Partial<DriftPlan> = {}): DriftPlan => ({
  segments,
  to_generate: segments.filter((segment) => segment.action === "generate").length,
  reused: segments.filter((segment) => segment.action !== "generate").length,
  price: price("0"),
  frames: 48,
  encode_seconds: 2,
  ...more,
});

const changed = (...fields: string[]) => ({
  reason: { code: "changed", changes: fields.map((field) => ({ field, new: 1 })) },
});

test("segments that are new, gone, or treated otherwise, and why", () => {
  const before = plan([row("a", "reuse"), row("b", "reuse")]);
  const after = plan([
    row("a", "generate", changed("prompt", "params.seed")),
    row("c", "generate", { reason: { code: "new", changes: [] } }),
  ]);
  expect(planChanges(before, after)).toEqual([
    "To generate: 2 instead of 0",
    "Segment 1 is generated instead of kept: prompt, seed",
    "Segment 2 is new: generated",
    "One segment was removed",
  ]);
});

test("what it costs, in all and for each segment", () => {
  const before = plan([row("a", "generate", { price: price("0.60") })], { price: price("0.60") });
  const after = plan([row("a", "generate", { price: price("1.20") })], { price: price("1.20") });
  expect(planChanges(before, after)).toEqual([
    "It costs ≈ $1.20 instead of ≈ $0.60",
    "Segment 1 costs ≈ $1.20 instead of ≈ $0.60",
  ]);
});

test("the same work from other settings, and work that has begun", () => {
  const before = plan([row("a", "generate", changed("prompt")), row("b", "generate")]);
  const after = plan([
    row("a", "generate", changed("params.duration")),
    row("b", "generate", { is_under_way: true }),
  ]);
  expect(planChanges(before, after)).toEqual([
    "Segment 1 is generated from other settings: duration",
    "Segment 2 is under way already",
  ]);
});

test("order, length, and what is only put together otherwise", () => {
  const before = plan([row("a", "reuse"), row("b", "reuse")]);
  expect(planChanges(before, plan([row("b", "reuse"), row("a", "reuse")]))).toEqual([
    "The segments stand in another order",
  ]);
  const longer = plan([...before.segments], { frames: 72, encode_seconds: 0.5 });
  expect(planChanges(before, longer)).toEqual([
    "The film has 72 instead of 48 frames",
    "0.5 s of picture to encode instead of 2.0 s",
  ]);
  expect(planChanges(before, before)).toEqual([
    "The segments are the same; how they are put together is not",
  ]);
});

test("of very many segments the first are named", () => {
  const many = Array.from({ length: 30 }, (_, at) => `s${at}`);
  const lines = planChanges(
    plan(many.map((id) => row(id, "reuse"))),
    plan(many.map((id) => row(id, "generate"))),
  );
  expect(lines).toHaveLength(10);
  expect(lines.at(-1)).toBe("22 more segments differ");
});
