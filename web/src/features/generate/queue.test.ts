import { expect, test } from "vitest";
import type { Segment } from "@/api/types";
import { queueOf, queueText, shownOf, withProgress } from "./queue";

const segment = (id: string, status: string, states: string[] = []): Segment =>
  ({
    id,
    status,
    progress: null,
    job_id: status === "generating" ? `own ${id}` : null,
    error_message: null,
    other_jobs: states.map((state) => ({ id: `${state} ${id}`, state, error_message: null })),
  }) as unknown as Segment;

test("what runs and what waits", () => {
  const rows = queueOf([
    segment("a", "completed"),
    { ...segment("b", "generating"), progress: 0.1 },
    segment("c", "generating"),
    segment("d", "completed", ["submitted"]),
    segment("e", "completed", ["needs_attention"]),
    segment("f", "completed", ["queued"]),
  ]);
  expect(rows.map((row) => [row.segment.id, row.isRunning])).toEqual([
    ["b", true],
    ["c", false],
    ["d", true],
    ["e", false],
    ["f", false],
  ]);
  expect(queueText(rows, {})).toBe("2 generating, 2 queued, 1 needs you");
  expect(queueText(rows, { b: 0.4, c: 0.2 })).toBe("3 generating, 1 queued, 1 needs you");
  expect(queueText(rows.slice(0, 1), {})).toBe("1 generating");
  expect(queueText([], {})).toBe("");
  const shown = (most: number) => shownOf(rows, most).map((row) => row.segment.id);
  expect(shown(5)).toEqual(["b", "c", "d", "e", "f"]);
  expect(shown(4)).toEqual(["e", "b", "d", "c"]);
});

test("what nobody knows the outcome of is said, whatever else is under way", () => {
  const [doubt, both, unclear, none] = queueOf([
    { ...segment("a", "needs_attention"), error_message: "was it accepted?" },
    segment("b", "generating", ["needs_attention"]),
    segment("c", "failed"),
    segment("c", "needs_attention"),
    segment("d", "completed"),
  ]);
  expect([doubt?.needsYou, doubt?.isUnderWay, doubt?.jobIds]).toEqual([true, false, []]);
  expect(doubt?.reason).toBe("was it accepted?");
  expect(doubt && withProgress(doubt, 0.5)).toBe(doubt);
  expect([both?.needsYou, both?.isUnderWay, both?.jobIds]).toEqual([true, true, ["own b"]]);
  expect(both && withProgress(both, 0.5).reason).toBe("waits for your decision");
  expect(unclear?.reason).toBe("waits for your decision");
  expect(none).toBeUndefined();
});

test("what would be called off, and why it waits", () => {
  const waiting = segment("a", "generating", ["queued", "succeeded"]);
  const [row] = queueOf([{ ...waiting, error_message: "the account has no credits" }]);
  expect(row?.jobIds).toEqual(["own a", "queued a"]);
  expect(row?.reason).toBe("the account has no credits");
  const told = row && withProgress(row, 0.2);
  expect([told?.isRunning, told?.reason]).toEqual([true, null]);
  expect(row && withProgress(row, 0)).toBe(row);
  const [running] = queueOf([{ ...waiting, progress: 0.2, error_message: "asked to wait" }]);
  expect(running?.reason).toBe(null);
});
