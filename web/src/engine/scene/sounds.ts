// What is heard on the film, from when to when, from where in its file and how loud: clips' own sound
// and the items upon it, laid out as the server lays them out. Pure; decodes nothing.
import { clipSeconds } from "../clipState";
import { numberIn, partIn, wordsIn } from "../items";
import { type FrameLayout, isStill, type Placed, unfrozen, virtualSeconds } from "./frames";
import {
  CELL,
  type Duck,
  duckingAt,
  type Fade,
  fadesOf,
  type GainPoint,
  levelAt,
  pointsOf,
  type SoundShape,
  type Speech,
  speechOf,
} from "./gains";
import type { SceneItem, SceneProject, SceneSegment } from "./project";

/** One stretch of one sound. */
export interface Strand {
  /** Of the segment or the item. */
  id: string;
  role: string;
  /** Seconds of the film. */
  start: number;
  end: number;
  /** Seconds of the sound, retimed, that are heard first. */
  from: number;
  speed: number;
  /** Seconds of a file that is heard from its end; null for others. */
  reversedFrom: number | null;
  points: readonly GainPoint[];
  fades: readonly Fade[];
  duck: Duck | null;
}

/** All strands, and when somebody speaks for each way of stepping back. */
export interface SoundTrack {
  strands: readonly Strand[];
  speech: ReadonlyMap<Duck, Speech>;
}

/** Seconds in which a sound leaves and comes back where the picture is frozen. */
const DECLICK = 0.005;

export function layOutSounds(project: SceneProject, layout: FrameLayout): SoundTrack {
  const clips = project.segments.flatMap((segment, index) =>
    clipStrands(segment, layout.placed[index] as Placed, project.fps),
  );
  const items = project.items.filter(({ kind }) => kind === "audio");
  const strands = [...clips, ...items.flatMap((item) => itemStrands(item, project, layout))];
  const ducks = strands.flatMap(({ duck }) => duck ?? []);
  const heardUnder = (duck: Duck) => strands.filter(({ role }) => duck.under.includes(role));
  return { strands, speech: new Map(ducks.map((duck) => [duck, speechOf(heardUnder(duck))])) };
}

/** The factor of a strand at a moment of the film. */
export function strandGain({ speech }: SoundTrack, strand: Strand, time: number): number {
  const level = levelAt(strand.points, strand.fades, time);
  if (strand.duck === null) return level;
  return level * duckingAt(strand.duck, speech.get(strand.duck) ?? [], time);
}

/** Seconds of its file that a strand lets hear at a moment of the film. */
export function strandSeconds(strand: Strand, time: number): number {
  const heard = (strand.from + time - strand.start) * strand.speed;
  return strand.reversedFrom === null ? heard : strand.reversedFrom - heard;
}

// Clips

function clipStrands(segment: SceneSegment, placed: Placed, fps: number): Strand[] {
  const shape: SoundShape = segment.sound ?? {};
  if (isStill(segment) || shape.muted) return [];
  const [start, end] = [placed.start / fps, (placed.start + placed.frames) / fps];
  const fades = [...fadesOf(shape, start, end), ...crossfades(placed, fps)];
  const retime = segment.retime ?? null;
  const whole = clipSeconds(segment);
  let from = soundStart(placed, whole, segment, fps);
  return stretches(placed, whole, segment, fps).map((stretch) => {
    const strand: Strand = {
      id: segment.id,
      role: "clip",
      start: stretch.start,
      end: stretch.end,
      from,
      speed: retime?.speed ?? 1,
      reversedFrom: retime?.reverse ? whole : null,
      points: pointsOf(shape, start),
      fades: [...fades, ...stretch.fades],
      duck: null,
    };
    from += stretch.end - stretch.start;
    return strand;
  });
}

function crossfades(placed: Placed, fps: number): Fade[] {
  const found: Fade[] = [];
  const add = (first: number, frames: number, isOut: boolean) =>
    frames > 0 && found.push({ start: first / fps, seconds: frames / fps, isOut, isPower: true });
  add(placed.start, placed.overlapIn, false);
  add(placed.start + placed.frames - placed.overlapOut, placed.overlapOut, true);
  return found;
}

/** Seconds of the retimed clip, without held time, at which its use begins. */
function soundStart(placed: Placed, whole: number, segment: SceneSegment, fps: number): number {
  const { retime } = segment;
  const place = placed.first / fps;
  if (!retime?.reverse) return unfrozen(place, retime);
  return whole / (retime.speed ?? 1) - unfrozen(virtualSeconds(whole, retime) - place, retime);
}

interface Stretch {
  start: number;
  end: number;
  fades: Fade[];
}

/** Seconds of the film in which a clip sounds: all of its use, but where its picture is held. */
function stretches(placed: Placed, whole: number, segment: SceneSegment, fps: number): Stretch[] {
  const [start, end] = [placed.start / fps, (placed.start + placed.frames) / fps];
  const hush = hushOf(placed, whole, segment, fps);
  if (hush === null) return [{ start, end, fades: [] }];
  const leaving = { start: Math.max(start, hush.start - DECLICK), isOut: true };
  const coming = { start: hush.end, isOut: false };
  const fade = { seconds: DECLICK, isPower: false };
  return [
    { start, end: Math.min(hush.start, end), fades: [{ ...leaving, ...fade }] },
    { start: Math.max(hush.end, start), end, fades: [{ ...coming, ...fade }] },
  ].filter((stretch) => stretch.start < stretch.end - 1e-9);
}

/** Seconds of the film in which a use's picture is held. */
function hushOf(
  placed: Placed,
  whole: number,
  { retime }: SceneSegment,
  fps: number,
): { start: number; end: number } | null {
  if (!retime?.freeze) return null;
  let begins = retime.freeze.at / (retime.speed ?? 1);
  if (retime.reverse) begins = virtualSeconds(whole, retime) - begins - retime.freeze.seconds;
  const inFrames = (seconds: number) => Math.floor(seconds * fps + 0.5 + 1e-7);
  const first = Math.max(inFrames(begins), placed.first);
  const end = Math.min(inFrames(begins + retime.freeze.seconds), placed.first + placed.frames);
  if (first >= end) return null;
  const onFilm = (frame: number) => (placed.start + frame - placed.first) / fps;
  return { start: onFilm(first), end: onFilm(end) };
}

// Items

function itemStrands(item: SceneItem, project: SceneProject, layout: FrameLayout): Strand[] {
  const { fields } = item;
  const shape = fields as SoundShape;
  const length = item.media === null ? null : (project.mediaSeconds.get(item.media) ?? null);
  const base = baseOf(item, project, layout);
  if (shape.muted || length === null || base === null) return [];
  const total = layout.frames / project.fps;
  const trim = partIn(fields, "trim");
  const from = numberIn(trim, "start", 0);
  const heard = Math.min(numberIn(trim, "end", length), length) - from;
  const start = base + numberIn(fields, "start", 0);
  const asked = Math.min(total, base + numberIn(fields, "end", total));
  const end = fields.loop === true ? asked : Math.min(asked, start + heard);
  if (heard <= 0 || start >= end) return [];
  const strand = {
    id: item.id,
    role: wordsIn(fields, "role") || "music",
    from,
    speed: 1,
    reversedFrom: null,
    points: pointsOf(shape, start),
    fades: fadesOf(shape, start, end),
    duck: duckOf(fields.duck),
  };
  const count = Math.ceil((end - start) / heard - 1e-9);
  return Array.from({ length: count }, (_, turn) => {
    const begins = start + turn * heard;
    return { ...strand, start: begins, end: Math.min(end, begins + heard) };
  });
}

/** Seconds of the film from which an item counts; null where its segment is gone. */
function baseOf(item: SceneItem, project: SceneProject, layout: FrameLayout): number | null {
  if (item.segment === null) return 0;
  const index = project.segments.findIndex(({ id }) => id === item.segment);
  return index < 0 ? null : (layout.placed[index] as Placed).start / project.fps;
}

/** How a sound steps back where nothing else is said. */
export const USUAL_DUCKING = {
  amount_db: 12,
  attack: 0.25,
  hold: 0.5,
  release: 0.75,
  under: ["voice"],
} as const;

function duckOf(told: unknown): Duck | null {
  if (told === null || told === undefined || told === false) return null;
  const fields = told === true ? {} : (told as Record<string, unknown>);
  const amountDb = numberIn(fields, "amount_db", USUAL_DUCKING.amount_db);
  if (amountDb <= 0) return null;
  const cells = (name: "attack" | "hold" | "release") =>
    Math.ceil(numberIn(fields, name, USUAL_DUCKING[name]) / CELL - 1e-6);
  return {
    amountDb,
    attack: Math.max(1, cells("attack")),
    hold: cells("hold"),
    release: Math.max(1, cells("release")),
    under: Array.isArray(fields.under) ? fields.under.map(String) : USUAL_DUCKING.under,
  };
}
