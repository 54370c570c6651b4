// What lies on top of the film, in frames: each layer one picture, when it shows, and how it comes and
// goes. Laid out as the server lays it out. Pure; draws nothing.
import { cuesIn } from "../cues";
import { numberIn, partIn, wordsIn } from "../items";
import { hasOwnForms } from "../languages";
import { type FrameLayout, framesIn, type Placed } from "./frames";
import type { LayerMove } from "./layerState";
import type { Move, SceneItem, SceneProject } from "./project";

/** One layer on the film. */
export interface OverlayLayer {
  /** Of the item. */
  id: string;
  /** The film's frame at which it begins, and how many it stays. */
  start: number;
  frames: number;
  opacity: number;
  comes: LayerMove | null;
  goes: LayerMove | null;
  /** The words of a title, as the server draws them; null for an image. */
  title: Readonly<Record<string, unknown>> | null;
  item: SceneItem;
}

/** From the lowest to the topmost. What cannot be seen is left out. */
export function layOutOverlays(project: SceneProject, layout: FrameLayout): OverlayLayer[] {
  return project.items.flatMap((item) => {
    if (item.kind === "audio") return [];
    if (item.kind === "caption") return captionLayers(item, project.fps, layout);
    return itemLayers(item, project, layout);
  });
}

function itemLayers(item: SceneItem, project: SceneProject, layout: FrameLayout): OverlayLayer[] {
  const home = homeOf(item, project, layout);
  if (home === null) return [];
  const { fields } = item;
  const title = item.kind === "text" ? titleOf(fields, wordsIn(fields, "text"), "title") : null;
  const span = spanOf(numberIn(fields, "start", 0), numberOrNull(fields.end), home, project.fps);
  if (span === null || title?.text === "") return [];
  const opacity = item.kind === "image" ? numberIn(fields, "opacity", 1) : 1;
  return [{ id: item.id, ...span, opacity, title, item, ...movesOf(item, span.frames, project) }];
}

interface Home {
  start: number;
  frames: number;
}

/** The frames from which an item's times count; null where its segment is gone. */
function homeOf(item: SceneItem, project: SceneProject, layout: FrameLayout): Home | null {
  if (item.segment === null) return { start: 0, frames: layout.frames };
  const index = project.segments.findIndex(({ id }) => id === item.segment);
  return index < 0 ? null : (layout.placed[index] as Placed);
}

/** At least one frame; null for what begins past the end. */
function spanOf(start: number, end: number | null, home: Home, fps: number): Home | null {
  const length = home.frames / fps;
  if (start >= length) return null;
  const first = Math.min(framesIn(start, fps), home.frames - 1);
  const last = framesIn(end === null ? length : Math.min(end, length), fps);
  const after = Math.min(Math.max(last, first + 1), home.frames);
  return { start: home.start + first, frames: after - first };
}

const numberOrNull = (value: unknown) => (typeof value === "number" ? value : null);

/** What of an item's fields decides the picture of its words. */
function titleOf(
  fields: SceneItem["fields"],
  text: string,
  usual: string,
): Record<string, unknown> {
  const title: Record<string, unknown> = { text, preset: wordsIn(fields, "preset") || usual };
  for (const name of ["style", "placement"]) {
    if (fields[name] !== undefined && fields[name] !== null) title[name] = fields[name];
  }
  if (hasOwnForms(fields.language)) title.language = fields.language;
  return title;
}

// Coming and going

function movesOf(item: SceneItem, frames: number, { fps, presets }: SceneProject) {
  const name = wordsIn(item.fields, "preset") || "title";
  const usual = item.kind === "text" ? presets.get(name) : undefined;
  const comes = moveOf(item.fields, "animate_in", usual?.animate_in ?? null);
  const goes = moveOf(item.fields, "animate_out", usual?.animate_out ?? null);
  const wanted = (comes?.seconds ?? 0) + (goes?.seconds ?? 0);
  const part = wanted > frames / fps ? frames / fps / wanted : 1;
  const inFrames = (move: Move | null): LayerMove | null =>
    move && {
      kind: move.kind,
      easing: move.easing,
      frames: Math.max(1, framesIn(move.seconds * part, fps)),
    };
  return { comes: inFrames(comes), goes: inFrames(goes) };
}

/** What an item says of a movement; the usual one where it says nothing. */
function moveOf(fields: SceneItem["fields"], name: string, usual: Move | null): Move | null {
  const told = fields[name];
  if (told === undefined) return usual;
  if (told === null || told === "none") return null;
  const move = partIn(fields, name);
  return {
    kind: wordsIn(move, "kind") || "fade",
    seconds: numberIn(move, "seconds", 0.5),
    easing: wordsIn(move, "easing") || "ease-out",
  };
}

// Captions

function captionLayers(item: SceneItem, fps: number, layout: FrameLayout): OverlayLayer[] {
  if (wordsIn(item.fields, "show") === "track") return [];
  const film = { start: 0, frames: layout.frames };
  return captionStretches(wordsIn(item.fields, "captions")).flatMap(({ start, end, text }) => {
    const span = spanOf(start, end, film, fps);
    if (span === null) return [];
    const title = titleOf(item.fields, text, "caption");
    return [{ id: item.id, ...span, opacity: 1, comes: null, goes: null, title, item }];
  });
}

interface Stretch {
  start: number;
  end: number;
  text: string;
}

/** The times between which the same captions are shown, with their words together. */
function captionStretches(file: string): Stretch[] {
  const cues = cuesIn(file).filter((cue) => cue.text !== "" && cue.end > cue.start);
  const ordered = [...cues].sort((a, b) => a.start - b.start || a.end - b.end);
  const edges = [...new Set(ordered.flatMap(({ start, end }) => [start, end]))].sort(
    (a, b) => a - b,
  );
  const found: Stretch[] = [];
  let next = 0;
  let active: typeof ordered = [];
  edges.forEach((start, index) => {
    active = active.filter((cue) => cue.end > start);
    while ((ordered[next]?.start ?? Infinity) <= start) active.push(ordered[next++] as never);
    const end = edges[index + 1];
    if (end === undefined || active.length === 0) return;
    found.push({ start, end, text: active.map((cue) => cue.text).join("\n") });
  });
  return found;
}
