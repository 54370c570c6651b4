import { expect, test } from "vitest";
import { imageBox, placingOf } from "./placing";
import type { SceneItem } from "./project";

const FRAME = { width: 1280, height: 720 };
const NARROW = { width: 640, height: 480 };

/** In pixels of the frame. */
function target(...told: Parameters<typeof placingOf>) {
  const { left, top, width, height } = placingOf(...told).target;
  return [left * 1280, top * 720, width * 1280, height * 720].map((side) => Math.round(side));
}

test("a narrower clip is fitted with room at its sides, fills, or is stretched", () => {
  expect(target(null, NARROW, FRAME)).toEqual([160, 0, 960, 720]);
  expect(target({ fit: "fill" }, NARROW, FRAME)).toEqual([0, -120, 1280, 960]);
  expect(target({ fit: "stretch" }, NARROW, FRAME)).toEqual([0, 0, 1280, 720]);
});

test("places and sizes are whole even pixels, as the film's colours need them", () => {
  for (const scale of [0.33, 0.5, 0.77, 1.13]) {
    for (const x of [0, 0.013, -0.2]) {
      const sides = target({ scale, x, y: x }, { width: 701, height: 433 }, FRAME);
      expect(sides.map((side) => Math.abs(side % 2))).toEqual([0, 0, 0, 0]);
    }
  }
});

test("what is cut off does not count for the size", () => {
  const crop = { left: 0.25, top: 0, right: 0.25, bottom: 0 };
  const placing = placingOf({ crop }, { width: 1280, height: 360 }, FRAME);
  expect(placing.crop).toEqual({ left: 0.25, top: 0, width: 0.5, height: 1 });
  expect(placing.target).toEqual({ left: 0, top: 0, width: 1, height: 1 });
});

test("a clip is moved by fractions of the frame", () => {
  expect(target({ scale: 0.5, x: 0.25, y: -0.25 }, FRAME, FRAME)).toEqual([640, 0, 640, 360]);
});

const image = (fields: Record<string, unknown>) => ({ fields }) as unknown as SceneItem;

test("an image stands in the safe area where its anchor says, and never beyond the frame", () => {
  const square = { width: 300, height: 300 };
  const at = (placement: object) => {
    const { left, top } = imageBox(image({ scale: 0.2, placement }), square, FRAME);
    return [left, top];
  };
  expect(at({})).toEqual([1280 - 64 - 144, 43]);
  expect(at({ anchor: "bottom-left" })).toEqual([64, 720 - 43 - 144]);
  expect(at({ anchor: "center" })).toEqual([568, 288]);
  expect(at({ anchor: "left", margin_x: 0 })).toEqual([0, 288]);
  expect(at({ at: { x: 1, y: 0 } })).toEqual([1280 - 144, 0]);
});

test("an image keeps its shape within the share of the frame that it may take", () => {
  const { width, height } = imageBox(image({ scale: 0.5 }), { width: 100, height: 400 }, FRAME);
  expect([width, height]).toEqual([90, 360]);
});
