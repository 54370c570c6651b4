import { expect, test } from "vitest";
import type { Segment } from "@/api/types";
import { queueOf, queueText } from "./queue";

const segment = (id: string, status: string, states: string[] = []): Segment =>
  ({
    id,
    status,
    progress: null,
    other_jobs: states.map((state) => ({ state })),
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
