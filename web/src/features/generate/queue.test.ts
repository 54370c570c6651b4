import { expect, test } from "vitest";
import type { Segment } from "@/api/types";
import { queueOf, queueText } from "./queue";

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
  const rows = queueOf(
    [
      segment("a", "completed"),
      segment("b", "generating"),
      segment("c", "generating"),
      segment("d", "completed", ["submitted"]),
      segment("e", "completed", ["needs_attention"]),
      segment("f", "completed", ["queued"]),
    ],
    { b: 0.4 },
  );
  expect(rows.map((row) => [row.segment.id, row.isRunning, row.progress])).toEqual([
    ["b", true, 0.4],
    ["c", false, null],
    ["d", true, null],
    ["f", false, null],
  ]);
  expect(queueText(rows)).toBe("2 generating, 2 queued");
  expect(queueText(rows.slice(0, 1))).toBe("1 generating");
  expect(queueText([])).toBe("");
});

test("what would be called off, and why it waits", () => {
  const waiting = { ...segment("a", "generating", ["queued", "needs_attention"]) };
  const [row] = queueOf([{ ...waiting, error_message: "the account has no credits" }], {});
  expect(row?.jobIds).toEqual(["own a", "queued a"]);
  expect(row?.reason).toBe("the account has no credits");
  const [running] = queueOf([{ ...waiting, error_message: "asked to wait" }], { a: 0.2 });
  expect(running?.reason).toBe(null);
});
