// What a compositor is told to draw, and what it promises; how it draws is its own matter.
import type { LayerState } from "@/engine/scene/layerState";
import type { LookMatrix } from "@/engine/scene/lookMatrix";
import type { Placing, Size } from "@/engine/scene/placing";
import type { Moment } from "@/engine/scene/transitions";
import type { Rect } from "@/engine/scene/view";

/** A picture that can be drawn. `key` is set where it never changes, so that it is handed over once. */
export interface Image extends Size {
  source: TexImageSource & CanvasImageSource;
  key: string | null;
}

/** A table of colours: red runs fastest; low and high are the colours at its ends. */
export interface Cube {
  key: string;
  size: number;
  colours: Float32Array;
  low: readonly number[];
  high: readonly number[];
}

/** One clip's picture in the frame; nothing but background without an image. */
export interface ClipLayer {
  image: Image | null;
  placing: Placing;
  view: Rect;
  look: LookMatrix | null;
  cube: Cube | null;
  /** Red, green, blue: 0..1. */
  background: readonly [number, number, number];
}

/** Something on top; `box` is where its content stands, in fractions of the frame. */
export interface TopLayer {
  image: Image;
  box: Rect;
  state: LayerState;
}

export interface Drawing {
  /** Of the film, in pixels; the canvas may have fewer. */
  frame: Size;
  /** One, or two that `moment` joins. */
  clips: readonly ClipLayer[];
  moment: Moment | null;
  tops: readonly TopLayer[];
}

export interface Compositor {
  /** Draws into the canvas, at the size that it has. Throws where a picture may not be read. */
  draw(drawing: Drawing): void;
  dispose(): void;
}
