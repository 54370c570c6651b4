import { expect, test } from "vitest";
import { segmentSeconds } from "./clipState";
import { cellAt, type FilmSegment, layOutFilm, standAlike, transitionRoom } from "./filmLayout";

const clip = (seconds: number, more: Partial<FilmSegment> = {}): FilmSegment => ({
  status: "completed",
  is_changed: false,
  asset_url: "/a",
  media: null,
  duration_seconds: seconds,
  model_params: {},
  trim: null,
  ...more,
});
const fade = (duration: number) => ({ transition: { duration } });

test("speed shortens, a held frame lengthens, and a trim counts seconds of the clip itself", () => {
  expect(segmentSeconds(clip(4, { retime: { speed: 2 } }))).toBe(2);
  expect(segmentSeconds(clip(4, { retime: { speed: 0.5 }, trim: { start: 1, end: 2 } }))).toBe(2);
  const held = { retime: { speed: 2, freeze: { at: 1, seconds: 3 } } };
  expect(segmentSeconds(clip(4, held))).toBe(5);
  expect(segmentSeconds(clip(4, { ...held, trim: { start: 0, end: 1 } }))).toBe(0.5);
});

test("transitions overlap their clips and shorten the film", () => {
  const layout = layOutFilm([clip(2, fade(0.5)), clip(3, fade(1)), clip(2, fade(1))], 24);
  expect(layout.start).toEqual([0, 1.5, 3.5]);
  expect(layout.overlap).toEqual([0.5, 1, 0]);
  expect(layout.total).toBe(5.5);
  expect(layout.cells).toEqual([1.75, 2.25, 1.5]);
});

test("a moment belongs to the clip that shows more of itself there", () => {
  const layout = layOutFilm([clip(2, fade(1)), clip(2)], 24);
  expect([0, 1.49, 1.51, 9].map((time) => cellAt(layout, time))).toEqual([0, 0, 1, 1]);
  expect(cellAt(layOutFilm([], 24), 0)).toBe(-1);
});

test("lengths are whole frames of the film", () => {
  const layout = layOutFilm([clip(1.01, fade(0.49)), clip(1)], 24);
  expect(layout.seconds[0]).toBe(1);
  expect(layout.overlap[0]).toBe(0.5);
});

test("a transition that does not say how long it lasts is as long as its kind is", () => {
  const zoomed = { transition: { kind: "zoom-in" }, retime: { speed: 2 } };
  const layout = layOutFilm([clip(4, zoomed), clip(2)], 20);
  expect(layout.overlap).toEqual([0.6, 0]);
  expect(layout.start).toEqual([0, 1.4]);
  expect(layout.total).toBeCloseTo(3.4, 9);
});

test("room is what both clips have left, and too long a transition is not drawn beyond it", () => {
  const segments = [clip(2, fade(0.5)), clip(1, fade(5)), clip(3)];
  const layout = layOutFilm(segments, 24);
  expect(layout.overlap).toEqual([0.5, 0.5, 0]);
  expect(transitionRoom(layout, 1)).toBe(0.5);
  expect(transitionRoom(layout, 0)).toBe(0.5);
  expect(transitionRoom(layout, 2)).toBe(0);
});

test("only what moves something calls for another layout", () => {
  const film = [clip(2, { ...fade(1), model_params: { duration: 2 } }), clip(3)];
  const edited = (more: object) => [{ ...film[0], ...more } as FilmSegment, clip(3)];
  for (const alike of [{ prompt: "other words" }, { status: "failed" }, { asset_url: "/b" }]) {
    expect(standAlike(film, edited(alike))).toBe(true);
    expect(layOutFilm(edited(alike), 24)).toEqual(layOutFilm(film, 24));
  }
  const moving = [
    { trim: { start: 1, end: 2 } },
    { retime: { speed: 2 } },
    { transition: null },
    { duration_seconds: 5 },
    { media: "a picture" },
    { model_params: { duration: 9 } },
  ];
  for (const moved of moving) expect(standAlike(film, edited(moved))).toBe(false);
  expect(standAlike(film, film.slice(1))).toBe(false);
});
