import { expect, test } from "vitest";
import {
  changed,
  MOVES,
  moveName,
  NO_CROP,
  PLAIN_FRAMING,
  PLAIN_LOOK,
  PLAIN_SOUND,
  viewRoom,
  withinFrame,
} from "./treatment";

test("a change keeps the rest, and coming back to neutral leaves nothing", () => {
  const brighter = changed(PLAIN_LOOK, null, { exposure: 0.5 });
  expect(brighter).toEqual({ ...PLAIN_LOOK, exposure: 0.5 });
  expect(changed(PLAIN_LOOK, brighter, { contrast: 1.2 })).toMatchObject({ exposure: 0.5 });
  expect(changed(PLAIN_LOOK, brighter, { exposure: 0 })).toBeNull();
  const cut = changed(PLAIN_FRAMING, null, { crop: { ...NO_CROP, left: 0.1 } });
  expect(cut?.crop?.left).toBe(0.1);
  expect(changed(PLAIN_FRAMING, cut, { crop: null })).toBeNull();
  expect(changed(PLAIN_SOUND, null, { keyframes: [{ at: 0, gain_db: -6 }] })).not.toBeNull();
});

test("a view stays inside the frame", () => {
  expect(viewRoom(1)).toBe(0);
  expect(viewRoom(2)).toBe(0.25);
  expect(withinFrame({ x: 0.4, y: -0.1, scale: 2 })).toEqual({ x: 0.25, y: -0.1, scale: 2 });
  for (const { start, end } of Object.values(MOVES)) {
    expect(withinFrame(start)).toEqual(start);
    expect(withinFrame(end)).toEqual(end);
  }
});

test("a move is known by its name, and any other is one's own", () => {
  const { start, end } = MOVES["push-in"] as (typeof MOVES)[string];
  expect(moveName(null)).toBe("none");
  expect(moveName({ start, end, easing: "linear" })).toBe("push-in");
  expect(moveName({ start, end: { ...end, scale: 3 }, easing: "linear" })).toBe("own");
});
