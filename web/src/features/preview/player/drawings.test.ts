import { expect, test } from "vitest";
import type { Segment } from "@/api/types";
import { makeScene, type Scene, sceneAt } from "@/engine/scene/scene";
import { drawingOf, type Material, topUrl } from "./drawings";
import type { PictureFiles, StillPicture } from "./pictureFiles";
import { direct } from "./proxies";

const FRAME = { width: 640, height: 360 };
const TITLE = {
  id: "words",
  kind: "text",
  segment: null,
  media: null,
  fields: { text: "光 & light", preset: "caption", style: { size: 0.1 }, start: 0, end: 1 },
};
const IMAGE = {
  id: "ball",
  kind: "image",
  segment: null,
  media: "m1",
  fields: { scale: 0.5, placement: { anchor: "center" }, animate_in: null, animate_out: null },
};
const SEGMENT = {
  id: "one",
  status: "completed",
  asset_url: null,
  is_changed: false,
  media: null,
  duration_seconds: 2,
  model_params: {},
  trim: null,
  framing: null,
  look: null,
} as unknown as Segment;

const sceneOf = (items: unknown[]): Scene =>
  makeScene({
    fps: 24,
    segments: [SEGMENT],
    items: items as Parameters<typeof makeScene>[0]["items"],
    mediaSeconds: new Map(),
    presets: new Map(),
  });

/** Everything loaded is this picture; what was asked for is written down. */
function materialOf(picture: Partial<StillPicture> | null, asked: unknown[] = []): Material {
  const get = (url: string, isCropped: boolean) => {
    asked.push([url, isCropped]);
    return picture;
  };
  return {
    segments: [SEGMENT],
    frame: FRAME,
    pictures: { get } as unknown as PictureFiles,
    imageUrl: (id) => (id === "m1" ? "/api/artifacts/ball" : null),
    cube: () => null,
  };
}

test("the picture of a title is asked of the server with its words, its style and the film's size", () => {
  const [overlay] = sceneAt(sceneOf([TITLE]), 5).overlays;
  const url = new URL(topUrl(overlay?.layer as never, materialOf(null)) ?? "", "http://host");
  expect(url.pathname).toBe("/api/title-picture");
  expect(Object.fromEntries(url.searchParams)).toEqual({
    title: JSON.stringify({ text: "光 & light", preset: "caption", style: { size: 0.1 } }),
    width: "640",
    height: "360",
  });
});

test("how a title comes, goes and when it is shown does not ask for another picture", () => {
  const later = { ...TITLE, fields: { ...TITLE.fields, start: 0.2, animate_in: { kind: "pop" } } };
  const [one, other] = [TITLE, later].map((item) => {
    const [overlay] = sceneAt(sceneOf([item]), 10).overlays;
    return topUrl(overlay?.layer as never, materialOf(null));
  });
  expect(other).toBe(one);
});

test("an image's box is that of what is not clear in it", () => {
  const bitmap = { width: 100, height: 50 } as ImageBitmap;
  const picture = { bitmap, whole: { width: 200, height: 200 }, left: 50, top: 100 };
  const asked: unknown[] = [];
  const scene = sceneAt(sceneOf([IMAGE]), 5);
  const [top] = drawingOf(scene, [null], materialOf(picture, asked)).tops;
  expect(asked).toEqual([["/api/artifacts/ball", true]]);
  // Half of the frame's height for all of it, in the middle: 180 pixels from 230 and 90 on.
  const box = [275 / 640, 180 / 360, 90 / 640, 45 / 360];
  [top?.box.left, top?.box.top, top?.box.width, top?.box.height].forEach((side, at) => {
    expect(side).toBeCloseTo(box[at] ?? -1, 6);
  });
});

test("what is not there yet is left out, and a clip without a file is a card", () => {
  const scene = sceneAt(sceneOf([TITLE, IMAGE]), 5);
  const drawing = drawingOf(scene, [null], materialOf(null));
  expect(drawing.tops).toEqual([]);
  expect(drawing.clips).toHaveLength(1);
  expect(drawing.clips[0]?.image).toBeNull();
});

test("files of the server come through it, since a page may draw from its own origin alone", () => {
  expect(direct("/api/artifacts/ab12")).toBe("/api/artifacts/ab12?direct=true");
  expect(direct("blob:http://host/1")).toBe("blob:http://host/1");
});
