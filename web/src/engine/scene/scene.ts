// What is seen and heard at a frame of the film: clips with the moment of their files, the transition
// between them, what lies on top and how loud every sound is. Pure: the same project and frame always
// give the same answer, and the server's composition gives it too (tests/vectors/scenes).
import { PLAIN_FRAMING } from "../treatment";
import { progressAt } from "./easing";
import { type FrameLayout, layOutFrames, type Placed, sourceSeconds } from "./frames";
import { type LayerState, layerStateAt } from "./layerState";
import { layOutOverlays, type OverlayLayer } from "./overlays";
import type { SceneProject, SceneSegment } from "./project";
import { layOutSounds, type SoundTrack, type Strand, strandGain, strandSeconds } from "./sounds";
import { type Moment, momentAt } from "./transitions";
import { type Rect, viewAt, WHOLE_FRAME } from "./view";

/** A project laid out once, for asking about many frames. */
export interface Scene {
  readonly fps: number;
  readonly segments: readonly SceneSegment[];
  readonly layout: FrameLayout;
  readonly overlays: readonly OverlayLayer[];
  readonly sound: SoundTrack;
}

/** A clip that shows. */
export interface ScenePicture {
  /** Index of the segment. */
  segment: number;
  /** Frame of the clip, once it is retimed. */
  frame: number;
  /** Seconds of its file. */
  seconds: number;
  /** The part of the frame that fills it. */
  view: Rect;
}

/** Something on top, and how it is drawn. */
export interface SceneOverlay {
  layer: OverlayLayer;
  state: LayerState;
}

/** A sound that is heard. */
export interface SceneSound {
  strand: Strand;
  /** Seconds of its file. */
  seconds: number;
  gain: number;
}

export interface SceneFrame {
  /** One, or the two that a transition joins, the first of them before the second. */
  pictures: readonly ScenePicture[];
  /** What is drawn of two pictures; null of one. */
  moment: Moment | null;
  /** From the lowest to the topmost. */
  overlays: readonly SceneOverlay[];
  sounds: readonly SceneSound[];
}

export function makeScene(project: SceneProject): Scene {
  const layout = layOutFrames(project.segments, project.fps);
  return {
    fps: project.fps,
    segments: project.segments,
    layout,
    overlays: layOutOverlays(project, layout),
    sound: layOutSounds(project, layout),
  };
}

/** `frame`: from 0 up to, not including, the film's length; an empty film shows nothing. */
export function sceneAt(scene: Scene, frame: number): SceneFrame {
  const at = segmentAt(scene, frame);
  return {
    pictures: picturesAt(scene, at, frame),
    moment: momentOf(scene, at, frame),
    overlays: overlaysAt(scene, frame),
    sounds: soundsAt(scene, frame / scene.fps),
  };
}

/** Index of the last segment that shows at a frame; -1 in an empty film. */
export function segmentAt({ layout }: Scene, frame: number): number {
  let [low, high] = [0, layout.placed.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((layout.placed[middle] as Placed).start <= frame) low = middle;
    else high = middle - 1;
  }
  return high;
}

/** Whether segment `at` is still coming in over the one before it. */
function isComingIn({ layout }: Scene, at: number, frame: number): boolean {
  const placed = layout.placed[at];
  return placed !== undefined && at > 0 && frame < placed.start + placed.overlapIn;
}

function picturesAt(scene: Scene, at: number, frame: number): ScenePicture[] {
  if (at < 0) return [];
  const own = pictureOf(scene, at, frame);
  return isComingIn(scene, at, frame) ? [pictureOf(scene, at - 1, frame), own] : [own];
}

/** The picture of one segment at a frame of the film. */
export function pictureOf(scene: Scene, index: number, frame: number): ScenePicture {
  const segment = scene.segments[index] as SceneSegment;
  const placed = scene.layout.placed[index] as Placed;
  const own = frame - placed.start;
  const { move } = { ...PLAIN_FRAMING, ...segment.framing };
  return {
    segment: index,
    frame: placed.first + own,
    seconds: sourceSeconds(segment, placed.first + own, scene.fps),
    view: move ? viewAt(move, own, placed.frames) : WHOLE_FRAME,
  };
}

function momentOf(scene: Scene, at: number, frame: number): Moment | null {
  if (!isComingIn(scene, at, frame)) return null;
  const placed = scene.layout.placed[at] as Placed;
  const { kind = "fade", easing } = scene.segments[at - 1]?.transition ?? {};
  return momentAt(kind, easing, progressAt(frame - placed.start, placed.overlapIn));
}

export function overlaysAt(scene: Scene, frame: number): SceneOverlay[] {
  return scene.overlays
    .filter(({ start, frames }) => frame >= start && frame < start + frames)
    .map((layer) => ({ layer, state: layerStateAt(frame - layer.start, layer.frames, layer) }));
}

/** What is heard at a moment of the film, in seconds. */
export function soundsAt(scene: Scene, time: number): SceneSound[] {
  return scene.sound.strands
    .filter(({ start, end }) => time >= start - 1e-9 && time < end - 1e-9)
    .map((strand) => ({
      strand,
      seconds: strandSeconds(strand, time),
      gain: strandGain(scene.sound, strand, time),
    }));
}
