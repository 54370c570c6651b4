// From a frame of the scene to what a compositor draws: each clip's picture with its place and look,
// each title and image with its box. Finds pictures; draws nothing.
import type { Segment } from "@/api/types";
import { lookMatrix } from "@/engine/scene/lookMatrix";
import { imageBox, placingOf, type Size } from "@/engine/scene/placing";
import type { SceneFrame, SceneOverlay, ScenePicture } from "@/engine/scene/scene";
import { type Rect, WHOLE_FRAME } from "@/engine/scene/view";
import { isSame, PLAIN_LOOK } from "@/engine/treatment";
import type { ClipLayer, Cube, Drawing, Image, TopLayer } from "../compositor/drawing";
import type { PictureFiles, StillPicture } from "./pictureFiles";

/** Where a drawing's parts come from. */
export interface Material {
  segments: readonly Segment[];
  /** Size of the film in pixels. */
  frame: Size;
  pictures: PictureFiles;
  /** Address of an item's image, once it is known. */
  imageUrl: (mediaId: string) => string | null;
  cube: (digest: string) => Cube | null;
}

/** `images`: the picture of each clip of the frame, null where there is none. */
export function drawingOf(
  scene: SceneFrame,
  images: readonly (Image | null)[],
  material: Material,
): Drawing {
  return {
    frame: material.frame,
    clips: scene.pictures.map((picture, at) => clipLayer(picture, images[at] ?? null, material)),
    moment: scene.moment,
    tops: scene.overlays.flatMap((overlay) => topLayer(overlay, material) ?? []),
  };
}

/** Of cards that stand for missing clips. */
const EMPTY = [0.063, 0.071, 0.094] as const;

function clipLayer(picture: ScenePicture, image: Image | null, material: Material): ClipLayer {
  const segment = material.segments[picture.segment];
  const { framing, look } = segment ?? { framing: null, look: null };
  const lut = look?.lut ?? null;
  return {
    image,
    placing: placingOf(framing, image ?? material.frame, material.frame),
    view: picture.view,
    look: look === null || isSame({ ...look, lut: null }, PLAIN_LOOK) ? null : lookMatrix(look),
    cube: lut === null ? null : material.cube(lut),
    background: image === null ? EMPTY : colourOf(framing?.background ?? "black"),
  };
}

function colourOf(name: string): readonly [number, number, number] {
  const digits = /^#([0-9a-f]{6})$/i.exec(name)?.[1] ?? "000000";
  const part = (at: number) => Number.parseInt(digits.slice(at, at + 2), 16) / 255;
  return [part(0), part(2), part(4)];
}

/** Cut to what is not clear, as titles and images come and go on the server. */
function topLayer({ layer, state }: SceneOverlay, material: Material): TopLayer | null {
  const url = topUrl(layer, material);
  const picture = url === null ? null : material.pictures.get(url, true);
  if (picture === null || url === null) return null;
  const { width, height } = picture.bitmap;
  const whole = layer.title === null ? placedImage(layer.item, picture, material) : WHOLE_FRAME;
  const box = contentBox(picture, whole);
  const image = { source: picture.bitmap, width, height, key: `top ${url}` };
  return { image, box, state };
}

/** Address of the picture of an overlay. */
export function topUrl(layer: SceneOverlay["layer"], material: Material): string | null {
  if (layer.title !== null) return titleUrl(layer.title, material.frame);
  return layer.item.media === null ? null : material.imageUrl(layer.item.media);
}

function titleUrl(title: Readonly<Record<string, unknown>>, { width, height }: Size): string {
  const told = encodeURIComponent(JSON.stringify(title));
  return `/api/title-picture?title=${told}&width=${width}&height=${height}`;
}

/** Where the content of a picture stands that fills `box`; both in fractions of the frame. */
function contentBox({ bitmap, whole, left, top }: StillPicture, box: Rect): Rect {
  const [across, down] = [box.width / whole.width, box.height / whole.height];
  return {
    left: box.left + left * across,
    top: box.top + top * down,
    width: bitmap.width * across,
    height: bitmap.height * down,
  };
}

function placedImage(
  item: SceneOverlay["layer"]["item"],
  { whole }: StillPicture,
  { frame }: Material,
): Rect {
  const box = imageBox(item, whole, frame);
  return {
    left: box.left / frame.width,
    top: box.top / frame.height,
    width: box.width / frame.width,
    height: box.height / frame.height,
  };
}
