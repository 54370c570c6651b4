// How an overlay comes and goes: opacity, place, size and visible part at each of its frames, by the
// server's formulas. Pure.
import { ease, progressAt } from "./easing";
import { SIDES } from "./transitions";

/** How a layer comes or goes, over so many of its own frames. */
export interface LayerMove {
  kind: string;
  frames: number;
  easing: string;
}

/** The visible part of a layer's content box, in fractions of it. */
export interface LayerClip {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** How a layer is drawn: moved by fractions of the frame, enlarged about the centre of its content. */
export interface LayerState {
  opacity: number;
  x: number;
  y: number;
  scale: number;
  clip: LayerClip;
}

const WHOLE: LayerClip = { left: 0, top: 0, right: 1, bottom: 1 };
const TRAVEL = 0.12;
const SMALLEST = 0.6;
const OVERSHOOT = 1.70158;

const state = (part: Partial<LayerState>): LayerState => ({
  opacity: 1,
  x: 0,
  y: 0,
  scale: 1,
  clip: WHOLE,
  ...part,
});

/** How a layer of `frames` frames is drawn at its frame `frame`, counted from 0. */
export function layerStateAt(
  frame: number,
  frames: number,
  layer: { opacity: number; comes: LayerMove | null; goes: LayerMove | null },
): LayerState {
  const { opacity, comes, goes } = layer;
  let now = state({ opacity });
  if (comes && frame < comes.frames) {
    now = both(now, coming(comes.kind, ease(comes.easing, progressAt(frame, comes.frames))));
  }
  if (goes && frame >= frames - goes.frames) {
    const gone = frame - (frames - goes.frames);
    now = both(now, going(goes.kind, ease(goes.easing, progressAt(gone, goes.frames))));
  }
  return now;
}

function both(one: LayerState, other: LayerState): LayerState {
  return {
    opacity: one.opacity * other.opacity,
    x: one.x + other.x,
    y: one.y + other.y,
    scale: one.scale * other.scale,
    clip: {
      left: Math.max(one.clip.left, other.clip.left),
      top: Math.max(one.clip.top, other.clip.top),
      right: Math.min(one.clip.right, other.clip.right),
      bottom: Math.min(one.clip.bottom, other.clip.bottom),
    },
  };
}

/** "slide-left" as its name and the signs of the way it moves. */
function parsed(kind: string): { name: string; dx: number; dy: number } {
  const [name = "", side = ""] = kind.split("-");
  const [dx, dy] = SIDES[side] ?? [0, 0];
  return { name, dx, dy };
}

function coming(kind: string, p: number): LayerState {
  const { name, dx, dy } = parsed(kind);
  if (name === "slide") {
    return state({ opacity: p, x: -dx * TRAVEL * (1 - p), y: -dy * TRAVEL * (1 - p) });
  }
  if (name === "reveal") return state({ clip: uncovered(dx, dy, p) });
  if (name === "pop") return state({ opacity: Math.min(1, 2.5 * p), scale: popped(p) });
  return state({ opacity: p });
}

function going(kind: string, p: number): LayerState {
  const { name, dx, dy } = parsed(kind);
  if (name === "slide") {
    return state({ opacity: 1 - p, x: dx * TRAVEL * p, y: dy * TRAVEL * p });
  }
  if (name === "reveal") return state({ clip: uncovered(-dx, -dy, 1 - p) });
  return coming(kind, 1 - p);
}

/** What an edge that runs towards (dx, dy) has left behind it. */
const uncovered = (dx: number, dy: number, p: number): LayerClip => ({
  left: dx < 0 ? 1 - p : 0,
  right: dx > 0 ? p : 1,
  top: dy < 0 ? 1 - p : 0,
  bottom: dy > 0 ? p : 1,
});

/** Grows quickly, a little too far, and settles at 1. */
function popped(p: number): number {
  const back = 1 + (OVERSHOOT + 1) * (p - 1) ** 3 + OVERSHOOT * (p - 1) ** 2;
  return SMALLEST + (1 - SMALLEST) * back;
}
