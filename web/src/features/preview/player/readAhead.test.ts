import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ReadAhead } from "./readAhead";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Counts what is prepared; `rest` more may follow after the first. */
function counting(rest: number) {
  let done = 0;
  const ahead = new ReadAhead(async () => {
    done++;
    return done <= rest;
  });
  return { ahead, done: () => done };
}

test("goes on by itself until nothing is left", async () => {
  const { ahead, done } = counting(2);
  ahead.soon();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(done()).toBe(3);
});

test("waits until nobody has asked for a while", async () => {
  const { ahead, done } = counting(0);
  for (let move = 0; move < 20; move++) {
    ahead.soon();
    await vi.advanceTimersByTimeAsync(40);
  }
  expect(done()).toBe(0);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(done()).toBe(1);
});

test("does nothing more once it is over", async () => {
  const { ahead, done } = counting(9);
  ahead.soon();
  ahead.dispose();
  ahead.soon();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(done()).toBe(0);
});
