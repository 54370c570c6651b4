import { expect, test } from "vitest";
import { changeNote, costNote, type PlannedLike, takeNote } from "./clipNotes";

const row = (more: Partial<PlannedLike> = {}): PlannedLike => ({
  action: "generate",
  price: { low: "0.6", high: "0.6", currency: "USD", is_known: true },
  reason: { code: "changed", message: "", changes: [{ field: "prompt", new: "x" }] },
  ...more,
});

test("a take is counted only where there is a choice", () => {
  expect([takeNote(1, 1), takeNote(2, 3), takeNote(null, 3), takeNote(4, 3)]).toEqual([
    null,
    "Take 2 of 3",
    "3 takes",
    "Take 4",
  ]);
});

test("a changed clip says what was changed", () => {
  expect(changeNote("changed", row())).toBe("Changed: prompt");
  expect(changeNote("changed", undefined)).toBe("Changed");
  expect(changeNote("ready", row())).toBeNull();
});

test("parameters that merely vanish with another model are not named", () => {
  const changes = [
    { field: "model", new: "b" },
    { field: "params.seed", new: null },
    { field: "params.aspect_ratio", new: "1:1" },
  ];
  const reason = { code: "changed", message: "", changes };
  expect(changeNote("changed", row({ reason }))).toBe("Changed: model, aspect ratio");
});

test("a price stands only where something is bought", () => {
  expect(costNote(row())).toBe("≈ $0.60");
  expect(costNote(row({ action: "reuse" }))).toBeNull();
  expect(costNote(row({ price: { ...row().price, low: "0", high: "0" } }))).toBeNull();
  expect(costNote(row({ price: { ...row().price, is_known: false } }))).toContain("unknown");
  expect(costNote(undefined)).toBeNull();
});
