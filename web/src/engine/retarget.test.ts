import { expect, test } from "vitest";
import { countMoves, countWords, type MoveLike, moveLines, movePrice } from "./retarget";

const price = (amount: string) => ({ low: amount, high: amount, currency: "USD", is_known: true });

const move = (told: Partial<MoveLike>): MoveLike => ({
  action: "changed",
  changed: [],
  lost: [],
  problems: [],
  price_before: price("0"),
  price_after: price("0.60"),
  ...told,
});

test("what changes, what is lost, and why", () => {
  const lines = moveLines(
    move({
      changed: [
        { parameter: "duration", old: 2, new: 3, reason: "the nearest" },
        { parameter: "aspect_ratio", old: null, new: "16:9", reason: "as the film" },
      ],
      lost: [
        { parameter: "seed", old: 7, new: null, reason: "has no seed" },
        { parameter: "audio", old: true, new: null, reason: "makes no sound" },
        { parameter: "negative_prompt", old: "x".repeat(99), new: null, reason: "has none" },
      ],
    }),
  );
  expect(lines.map(({ text }) => text)).toEqual([
    "Duration 2 to 3",
    "Aspect ratio 16:9",
    "Loses seed 7",
    "Loses audio",
    `Loses negative prompt ${"x".repeat(39)}…`,
  ]);
  expect(lines.map(({ tone }) => tone)).toEqual(["changed", "changed", "lost", "lost", "lost"]);
  expect(lines[2]?.aside).toBe("has no seed");
});

test("what does not fit says only why, and what to do", () => {
  const refused = move({
    action: "refused",
    lost: [{ parameter: "seed", old: 7, new: null, reason: "has no seed" }],
    problems: [{ message: "it needs first_frame", fix: "add it first" }],
  });
  expect(moveLines(refused)).toEqual([
    { tone: "refused", text: "it needs first_frame", aside: "add it first" },
  ]);
  expect(movePrice(refused)).toBe("");
});

test("the price there, and the one before where it differs", () => {
  expect(movePrice(move({}))).toBe("≈ $0.60, was free");
  expect(movePrice(move({ price_before: price("0.60") }))).toBe("≈ $0.60");
  expect(movePrice(move({ action: "own_media", price_after: null }))).toBe("");
});

test("how many move, stay and do not fit", () => {
  const all: MoveLike["action"][] = ["changed", "changed", "refused", "unchanged", "own_media"];
  const count = countMoves(all.map((action) => move({ action })));
  expect(count).toEqual({ moving: 2, refused: 1, staying: 2 });
  expect(countWords(count)).toBe("2 move, 1 does not fit and stays, 2 need nothing");
  expect(countWords({ moving: 1, refused: 2, staying: 1 })).toBe(
    "1 moves, 2 do not fit and stay, 1 needs nothing",
  );
  expect(countWords(countMoves([]))).toBe("No segment of this film is generated");
});
