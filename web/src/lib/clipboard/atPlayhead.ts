// Splitting at the playhead.

import { edgesOf, indexAt } from "@/engine/clipLayout";
import { clipMoment } from "@/engine/clipTime";
import { layOutFilm } from "@/engine/filmLayout";
import { framesPerSecond } from "@/engine/frameRate";
import { splitSegment } from "../actions/splitSegment";
import { openProject } from "../store/document";
import { usePlayer } from "../store/player";
import { announce } from "../store/session";

export interface Split {
  id: string;
  /** Seconds of the clip. */
  at: number;
}

/** Where a moment of the film would split a segment; null at a cut, or where there is nothing. */
export function splitPlace(time: number): Split | null {
  const { segments, settings } = openProject();
  const fps = framesPerSecond(settings.fps);
  const film = layOutFilm(segments, fps);
  const index = indexAt(edgesOf(film.cells), time);
  const segment = segments[index];
  if (segment === undefined) return null;
  const shown = Math.round((time - (film.start[index] ?? 0)) * fps) / fps;
  const isInside = shown > 0.5 / fps && shown < (film.seconds[index] ?? 0) - 0.5 / fps;
  return isInside ? { id: segment.id, at: Number(clipMoment(segment, shown).toFixed(3)) } : null;
}

/** Splits the segment at a moment of the film; the playhead's, where none is given. */
export function splitAt(time = usePlayer.getState().time): void {
  const place = splitPlace(time);
  const half = place && splitSegment(place.id, place.at);
  if (half === null) announce("There is nothing to split here");
}
