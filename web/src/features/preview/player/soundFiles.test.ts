import { expect, test } from "vitest";
import { leadIn, roomFor } from "./soundFiles";

const MIB = 1024 * 1024;

test("less decoded sound is kept where there is less memory, and a quarter on phones", () => {
  const rooms = [
    roomFor(8, false),
    roomFor(undefined, false),
    roomFor(4, false),
    roomFor(1, false),
  ];
  expect(rooms.map((bytes) => bytes / MIB)).toEqual([480, 480, 240, 120]);
  expect(roomFor(8, true) / MIB).toBe(120);
});

test("what an encoder has put before a sound is left out, wherever the browser has left it in", () => {
  const samples = (count: number) => count / 48_000;
  for (const exact of [96_000, 96_001, 97_023]) {
    const [end, whole] = [Math.ceil(exact / 1024) * 1024, Math.ceil(exact / 1024 + 1) * 1024];
    const leads = [exact, end, whole].map((count) => leadIn(samples(count), samples(exact)));
    expect(leads).toEqual([0, 0, samples(1024)]);
  }
  expect(leadIn(5, null)).toBe(0);
});
