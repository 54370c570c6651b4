import { expect, test } from "vitest";
import { layOutFilm } from "./filmLayout";
import { nearestCut, startNear } from "./placing";

const clip = (seconds: number) => ({
  status: "completed",
  is_changed: false,
  asset_url: "/x",
  media: null,
  duration_seconds: seconds,
  model_params: {},
  trim: null,
  transition: null,
});

test("something new goes to the nearest cut", () => {
  const film = layOutFilm([clip(2), clip(4)], 24);
  expect([0, 0.9, 1.1, 3.9, 4.1, 6].map((time) => nearestCut(film, time))).toEqual([
    0, 0, 1, 1, 2, 2,
  ]);
  expect(nearestCut(layOutFilm([], 24), 0)).toBe(0);
});

test("a text begins where the film still has room for it", () => {
  expect(startNear(1.234, 3, 10)).toBe(1.23);
  expect(startNear(9, 3, 10)).toBe(7);
  expect(startNear(1, 3, 2)).toBe(0);
});
