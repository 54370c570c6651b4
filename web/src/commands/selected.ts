// What commands work on: the selection, and the segment under the playhead.
import type { Segment } from "@/api/types";
import { cellAt, layOutFilm } from "@/engine/filmLayout";
import { framesPerSecond } from "@/engine/frameRate";
import { type PlacedItem, placedItem } from "@/lib/placedItem";
import { openProject, useDocument } from "@/lib/store/document";
import { usePlayer } from "@/lib/store/player";
import { useSession } from "@/lib/store/session";

export const hasProject = (): boolean => useDocument.getState().project !== null;

export const segmentIds = (): string[] =>
  useDocument.getState().project?.segments.map(({ id }) => id) ?? [];

/** The segments that a model makes, in the order of the film. */
export const generatedIds = (): string[] =>
  (useDocument.getState().project?.segments ?? [])
    .filter(({ media }) => media === null)
    .map(({ id }) => id);

/** The segment that the inspector shows; undefined while it shows an item or nothing. */
export function selectedSegment(): Segment | undefined {
  const { selectedId, selectedItemId } = useSession.getState();
  if (selectedItemId !== null) return undefined;
  return useDocument.getState().project?.segments.find(({ id }) => id === selectedId);
}

export const hasSelection = (): boolean => selectedSegment() !== undefined;

/** Where the playhead stands: in which segment, and how many seconds after that begins. */
export interface AtPlayhead {
  segment: Segment;
  /** Seconds since the segment began, and until it ends. */
  before: number;
  after: number;
  fps: number;
}

/** Null in an empty film, and at the very edge of a segment. */
export function atPlayhead(): AtPlayhead | null {
  if (!hasProject()) return null;
  const { segments, settings } = openProject();
  const fps = framesPerSecond(settings.fps);
  const film = layOutFilm(segments, fps);
  const { time } = usePlayer.getState();
  const index = cellAt(film, time);
  const segment = segments[index];
  if (segment === undefined) return null;
  const before = time - (film.start[index] ?? 0);
  const after = (film.seconds[index] ?? 0) - before;
  const least = 0.5 / fps;
  return before > least && after > least ? { segment, before, after, fps } : null;
}

/** The selected title, picture or sound, while the playhead stands within it; else null. */
export function itemAtPlayhead(): PlacedItem | null {
  const { selectedItemId } = useSession.getState();
  const placed = selectedItemId === null ? null : placedItem(selectedItemId);
  if (placed === null) return null;
  const { time } = usePlayer.getState();
  const least = 0.5 / framesPerSecond(openProject().settings.fps);
  const { start, end } = placed.span;
  return time - start > least && end - time > least ? placed : null;
}
