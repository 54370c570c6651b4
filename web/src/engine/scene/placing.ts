// Where a clip's picture goes in the frame, and where images stand on it: crop, size and place as the
// server works them out, whole even pixels and all. Pure.
import { numberIn, partIn, wordsIn } from "../items";
import { safeArea } from "../places";
import { type Framing, PLAIN_FRAMING } from "../treatment";
import type { SceneItem } from "./project";
import type { Rect } from "./view";

export interface Size {
  width: number;
  height: number;
}

/** What of a picture is shown, in fractions of it, and where that goes, in fractions of the frame. */
export interface Placing {
  crop: Rect;
  target: Rect;
}

/** `source`: displayed size of the clip in any unit; `frame`: the film's in pixels. */
export function placingOf(
  told: Partial<Framing> | null | undefined,
  source: Size,
  frame: Size,
): Placing {
  const framing = { ...PLAIN_FRAMING, ...told };
  const { left = 0, top = 0, right = 0, bottom = 0 } = framing.crop ?? {};
  const crop = { left, top, width: 1 - left - right, height: 1 - top - bottom };
  const shown = { width: source.width * crop.width, height: source.height * crop.height };
  const size = sizeOf(shown, framing, frame);
  const target = {
    left: evenBelow((frame.width - size.width) / 2 + framing.x * frame.width) / frame.width,
    top: evenBelow((frame.height - size.height) / 2 + framing.y * frame.height) / frame.height,
    width: size.width / frame.width,
    height: size.height / frame.height,
  };
  return { crop, target };
}

function sizeOf(shown: Size, framing: Framing, frame: Size): Size {
  let [across, down] = [frame.width / shown.width, frame.height / shown.height];
  if (framing.fit !== "stretch") {
    across = framing.fit === "fit" ? Math.min(across, down) : Math.max(across, down);
    down = across;
  }
  const width = Math.max(2, even(shown.width * across * framing.scale));
  const height = Math.max(2, even(shown.height * down * framing.scale));
  if (framing.fit !== "fit" || framing.scale > 1) return { width, height };
  return { width: Math.min(width, frame.width), height: Math.min(height, frame.height) };
}

const even = (length: number) => 2 * Math.round(length / 2);
const evenBelow = (place: number) => 2 * Math.floor(place / 2 + 1e-9);

const ACROSS: Readonly<Record<string, number>> = { left: 0, right: 1 };
const DOWN: Readonly<Record<string, number>> = { top: 0, bottom: 1 };

/** Where an image stands on the film, in pixels of the frame. */
export function imageBox({ fields }: SceneItem, image: Size, frame: Size): Rect {
  const scale = numberIn(fields, "scale", 0.18);
  // The server works out the room in whole pixels.
  const room = { width: Math.floor(frame.width * scale), height: Math.floor(frame.height * scale) };
  const factor = Math.min(room.width / image.width, room.height / image.height);
  const width = Math.max(1, Math.round(image.width * factor));
  const height = Math.max(1, Math.round(image.height * factor));
  const spot = spotOf(partIn(fields, "placement"), "top-right", frame);
  const hold = (place: number, most: number) => Math.round(Math.min(Math.max(place, 0), most));
  return {
    left: hold(spot.x - spot.across * width, frame.width - width),
    top: hold(spot.y - spot.down * height, frame.height - height),
    width,
    height,
  };
}

interface Spot {
  x: number;
  y: number;
  /** Which point of the box stands there, in fractions of it. */
  across: number;
  down: number;
}

function spotOf(placement: Record<string, unknown>, usual: string, frame: Size): Spot {
  const free = partIn(placement, "at");
  if (typeof free.x === "number" && typeof free.y === "number") {
    return { x: free.x * frame.width, y: free.y * frame.height, across: 0.5, down: 0.5 };
  }
  const parts = (wordsIn(placement, "anchor") || usual).split("-");
  const along = (named: Readonly<Record<string, number>>) =>
    parts.map((part) => named[part]).find((place) => place !== undefined) ?? 0.5;
  const [across, down] = [along(ACROSS), along(DOWN)];
  const safe = safeArea(frame.width, frame.height);
  const [left, right] = margins(placement.margin_x, safe.x, safe.x);
  const [top, bottom] = margins(placement.margin_y, safe.top, safe.bottom);
  const x = left + across * (1 - left - right) + numberIn(placement, "x", 0);
  const y = top + down * (1 - top - bottom) + numberIn(placement, "y", 0);
  return { x: x * frame.width, y: y * frame.height, across, down };
}

const margins = (told: unknown, first: number, last: number): [number, number] =>
  typeof told === "number" ? [told, told] : [first, last];
