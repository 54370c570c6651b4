import { expect, test } from "vitest";
import { clipState, segmentSeconds } from "./clipState";
import { framesPerSecond, rateLabel } from "./frameRate";
import { mayCost, money, priceText } from "./money";
import { planWork } from "./planSummary";
import { ago, clock, moment, roughWait, shortSeconds, shortWait, timecode } from "./timecode";

const price = (low: string, high: string, is_known = true) => ({
  low,
  high,
  currency: "USD",
  is_known,
});

test("prices are exact, and unknown ones are said to be unknown", () => {
  expect(priceText(price("0", "0.00"))).toBe("free");
  expect(priceText(price("0.6", "0.60"))).toBe("≈ $0.60");
  expect(priceText(price("0.3", "1"))).toBe("$0.30 to $1.00");
  expect(priceText(price("0", "0", false))).toBe("price unknown");
  expect(priceText(price("1.5", "1.5", false))).toBe("$1.50 and an unknown part");
  expect(money("0.0125", "CHF")).toBe("0.0125 CHF");
  expect([
    mayCost(price("0", "0")),
    mayCost(price("0", "0", false)),
    mayCost(price("0", "0.01")),
  ]).toEqual([false, true, true]);
});

const row = (segment_id: string, action: string) => ({
  segment_id,
  action,
  price: price("0", "0"),
});
const plan = (segments: ReturnType<typeof row>[]) => ({
  segments,
  to_generate: segments.filter((segment) => segment.action === "generate").length,
  reused: segments.filter((segment) => segment.action !== "generate").length,
  price: price("0", "0"),
});

test("a plan in a few words", () => {
  expect(planWork(plan([row("a", "generate"), row("b", "reuse"), row("c", "pinned")]))).toBe(
    "1 to generate, 2 reused",
  );
  expect(planWork(plan([row("a", "reuse")]))).toBe("Nothing to generate, 1 reused");
  expect(planWork(plan([row("a", "generate")]))).toBe("1 to generate");
  expect(planWork(plan([]))).toBe("No segments yet");
});

const segment = {
  status: "completed",
  is_changed: false,
  asset_url: "/clip",
  media: null as string | null,
  duration_seconds: 5 as number | null,
  model_params: {} as Record<string, unknown>,
  trim: null as { start: number; end: number | null } | null,
};

test("one state out of several facts, the most urgent first", () => {
  expect(clipState(segment)).toBe("ready");
  expect(clipState({ ...segment, is_changed: true })).toBe("changed");
  expect(clipState({ ...segment, is_changed: true, status: "generating" })).toBe("generating");
  expect(clipState({ ...segment, is_changed: true, status: "failed" })).toBe("failed");
  expect(clipState({ ...segment, asset_url: null, status: "pending" })).toBe("empty");
  expect(clipState({ ...segment, media: "m" })).toBe("own");
});

test("a clip counts with its trimmed length, one to come with what was asked for", () => {
  expect(segmentSeconds({ ...segment, trim: { start: 1, end: 3.5 } })).toBe(2.5);
  expect(segmentSeconds({ ...segment, trim: { start: 1, end: 99 } })).toBe(4);
  expect(
    segmentSeconds({ ...segment, duration_seconds: null, model_params: { duration: 8 } }),
  ).toBe(8);
  const still = { ...segment, media: "m", duration_seconds: null };
  expect(segmentSeconds(still)).toBe(4);
  expect(segmentSeconds({ ...still, trim: { start: 0, end: 9 } })).toBe(9);
});

test("times", () => {
  expect([clock(0), clock(41.6), clock(3723)]).toEqual(["0:00", "0:42", "1:02:03"]);
  expect([timecode(3.5, 24), timecode(3600, 25), timecode(1 - 1e-9, 24)]).toEqual([
    "00:03:12",
    "01:00:00:00",
    "00:01:00",
  ]);
  expect([shortSeconds(4), shortSeconds(4.46)]).toEqual(["4 s", "4.5 s"]);
  expect([roughWait(1), roughWait(38), roughWait(200), roughWait(9000)]).toEqual([
    "a moment",
    "about 40 s",
    "about 3 min",
    "about 3 h",
  ]);
  expect([shortWait(1), shortWait(38), shortWait(200)]).toEqual(["a moment", "≈ 40 s", "≈ 3 min"]);
  const now = Date.parse("2026-01-10T12:00:00Z");
  expect([
    ago("2026-01-10T11:59:40Z", now),
    ago("2026-01-10T09:00:00Z", now),
    ago("2026-01-09T10:00:00Z", now),
  ]).toEqual(["just now", "3 h ago", "yesterday"]);
});

test("frame rates may be exact fractions", () => {
  expect(framesPerSecond("30000/1001")).toBeCloseTo(29.97, 2);
  expect([rateLabel(24), rateLabel("30000/1001"), framesPerSecond("nonsense")]).toEqual([
    "24",
    "29.97",
    24,
  ]);
});

test("moments are told to the tenth", () => {
  expect([0, 0.5, 7.04, 59.96, 61.25].map(moment)).toEqual([
    "0:00",
    "0:00.5",
    "0:07",
    "1:00",
    "1:01.3",
  ]);
});
