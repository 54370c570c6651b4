// How one plan differs from another that was shown before, in words for whoever is to agree to it. Pure.
import { priceText } from "./money";
import { humanise } from "./paramForm";
import type { PlanLike } from "./planSummary";

export interface DriftRow {
  segment_id: string;
  action: string;
  price: PlanLike["price"];
  reason?: { code: string; changes: readonly { field: string; new?: unknown }[] };
  is_under_way?: boolean;
}

export interface DriftPlan extends PlanLike {
  segments: readonly DriftRow[];
  /** Of the main film; null while a model decides how long a clip will be. */
  frames?: number | null;
  /** Seconds of picture to encode. */
  encode_seconds?: number;
}

/** What is done with a segment, as it is said of it. */
const DONE: Readonly<Record<string, string>> = {
  reuse: "kept",
  generate: "generated",
  pinned: "locked to its take",
  uploaded: "own footage",
};

const done = (action: string): string => DONE[action] ?? action;

/** More lines than this nobody reads; the rest is counted. */
const MOST_SEGMENTS = 8;

/**
 * What a person should know before agreeing to `after` in place of `before`, one line each; never none,
 * for a plan has drifted even where the difference is only in how the film is put together.
 */
export function planChanges(before: DriftPlan, after: DriftPlan): string[] {
  const lines = [
    ...differing("It costs", priceText(before.price), priceText(after.price)),
    ...differing("To generate:", before.to_generate, after.to_generate),
    ...few(segmentLines(before, after)),
    ...goneLines(before, after),
    ...orderLines(before, after),
    ...lengthLines(before, after),
  ];
  return lines.length > 0 ? lines : ["The segments are the same; how they are put together is not"];
}

const differing = (what: string, before: string | number, after: string | number): string[] =>
  before === after ? [] : [`${what} ${after} instead of ${before}`];

function few(lines: readonly string[]): string[] {
  const rest = lines.length - MOST_SEGMENTS;
  if (rest <= 0) return [...lines];
  const others = rest === 1 ? "1 more segment differs" : `${rest} more segments differ`;
  return [...lines.slice(0, MOST_SEGMENTS), others];
}

function segmentLines(before: DriftPlan, after: DriftPlan): string[] {
  const old = new Map(before.segments.map((row) => [row.segment_id, row]));
  return after.segments.flatMap((row, index) => {
    const said = rowWords(old.get(row.segment_id), row);
    return said === null ? [] : [`Segment ${index + 1} ${said}`];
  });
}

/** "is generated instead of kept: prompt"; null where nothing is to be said. */
function rowWords(was: DriftRow | undefined, now: DriftRow): string | null {
  if (was === undefined) return `is new: ${done(now.action)}`;
  if (was.action !== now.action) {
    return `is ${done(now.action)} instead of ${done(was.action)}${because(now)}`;
  }
  if (now.action !== "generate") return null;
  const [before, after] = [priceText(was.price), priceText(now.price)];
  if (before !== after) return `costs ${after} instead of ${before}`;
  if (was.is_under_way !== now.is_under_way) {
    return now.is_under_way ? "is under way already" : "is no longer under way";
  }
  return because(was) === because(now) ? null : `is generated from other settings${because(now)}`;
}

/** ": prompt, seed"; nothing where no field is to blame. */
function because({ reason }: DriftRow): string {
  if (reason?.code !== "changed") return "";
  const hasOtherModel = reason.changes.some(({ field }) => field === "model");
  const fields = reason.changes
    .filter((change) => !hasOtherModel || change.new !== null)
    .map(({ field }) => humanise(field.replace(/^\w+\./, "")).toLowerCase());
  return fields.length > 0 ? `: ${fields.join(", ")}` : "";
}

function goneLines(before: DriftPlan, after: DriftPlan): string[] {
  const kept = new Set(after.segments.map((row) => row.segment_id));
  const gone = before.segments.filter((row) => !kept.has(row.segment_id)).length;
  if (gone === 0) return [];
  return [gone === 1 ? "One segment was removed" : `${gone} segments were removed`];
}

/** Whether those that are in both stand in another order. */
function orderLines(before: DriftPlan, after: DriftPlan): string[] {
  const [old, now] = [ids(before), ids(after)];
  const both = (all: readonly string[], other: readonly string[]) => {
    const there = new Set(other);
    return all.filter((id) => there.has(id)).join(" ");
  };
  return both(old, now) === both(now, old) ? [] : ["The segments stand in another order"];
}

const ids = (plan: DriftPlan): string[] => plan.segments.map((row) => row.segment_id);

function lengthLines(before: DriftPlan, after: DriftPlan): string[] {
  const frames = differing(
    "The film has",
    before.frames ?? "an open number of",
    after.frames ?? "an open number of",
  );
  const [old, now] = [before, after].map(({ encode_seconds: all = 0 }) => all.toFixed(1));
  return [
    ...frames.map((line) => `${line} frames`),
    ...(old === now ? [] : [`${now} s of picture to encode instead of ${old} s`]),
  ];
}
