// What a scene is made from: the project as the page has it, and what is known of its files. Pure; types alone.
import type { ItemLike } from "../items";
import type { Framing, Look, Sound } from "../treatment";
import type { FrameSegment } from "./frames";

export interface SceneSegment extends FrameSegment {
  id: string;
  framing?: Partial<Framing> | null;
  look?: Partial<Look> | null;
  sound?: Partial<Sound> | null;
}

export type SceneItem = ItemLike;

/** How something on top comes or goes. */
export interface Move {
  kind: string;
  seconds: number;
  easing: string;
}

/** How the texts of a preset come and go, where an item says nothing. */
export interface ScenePreset {
  animate_in: Move | null;
  animate_out: Move | null;
}

export interface SceneProject {
  /** Frames a second. */
  fps: number;
  segments: readonly SceneSegment[];
  /** From the lowest to the topmost. */
  items: readonly SceneItem[];
  /** Length of each sound file by the id of its media, in seconds. */
  mediaSeconds: ReadonlyMap<string, number | null>;
  /** By name; one that is missing is taken for one that stands still. */
  presets: ReadonlyMap<string, ScenePreset>;
}
