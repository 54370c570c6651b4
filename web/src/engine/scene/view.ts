// The part of the frame that a moving view (Ken Burns) shows at each frame, by the server's formula. Pure.
import type { Move, View } from "../treatment";
import { clamp, ease } from "./easing";

/** A part of the frame, in fractions of it. */
export interface Rect {
  left: number;
  top: number;
  width: number;
  height: number;
}

export const WHOLE_FRAME: Rect = { left: 0, top: 0, width: 1, height: 1 };

/** At frame `frame` of a use of `frames` frames. The enlargement grows by equal factors in equal times. */
export function viewAt(move: Partial<Move>, frame: number, frames: number): Rect {
  const done = frames > 1 ? clamp(frame / (frames - 1)) : 0;
  let p = ease(move.easing ?? "smooth", done);
  const [start, end] = [edges(move.start ?? {}), edges(move.end ?? {})];
  const [near, far] = [start.width, end.width];
  if (Math.abs(near - far) > 1e-9) p = (near * (far / near) ** p - near) / (far - near);
  const between = (side: keyof Rect) => start[side] + (end[side] - start[side]) * p;
  return {
    left: between("left"),
    top: between("top"),
    width: between("width"),
    height: between("height"),
  };
}

/** What a view does not say is neutral. */
function edges({ x = 0, y = 0, scale = 1 }: Partial<View>): Rect {
  const side = 1 / scale;
  return { left: 0.5 + x - side / 2, top: 0.5 + y - side / 2, width: side, height: side };
}
