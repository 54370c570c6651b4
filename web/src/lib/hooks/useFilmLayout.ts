// Where the segments of the open project stand on the film.
import type { Segment } from "@/api/types";
import { type FilmLayout, layOutFilm } from "@/engine/filmLayout";
import { framesPerSecond } from "@/engine/frameRate";
import { useProject } from "../store/document";

/** Many ask for the same segments; a list of segments is never changed, only replaced. */
const known = new WeakMap<readonly Segment[], { fps: number; layout: FilmLayout }>();

export function useFilmLayout(): FilmLayout {
  const { segments, settings } = useProject();
  const fps = framesPerSecond(settings.fps);
  const before = known.get(segments);
  if (before?.fps === fps) return before.layout;
  const layout = layOutFilm(segments, fps);
  known.set(segments, { fps, layout });
  return layout;
}
