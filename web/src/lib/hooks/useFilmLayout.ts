// Where the segments of the open project stand on the film.
import type { Segment } from "@/api/types";
import { type FilmLayout, layOutFilm, standAlike } from "@/engine/filmLayout";
import { framesPerSecond } from "@/engine/frameRate";
import { useProject } from "../store/document";

interface LaidOut {
  segments: readonly Segment[];
  fps: number;
  layout: FilmLayout;
}

/** Many ask for the same segments; a list of segments is never changed, only replaced. */
let latest: LaidOut | null = null;

/** Typing replaces the list with each key: it stays the same layout until something moves. */
export function useFilmLayout(): FilmLayout {
  const { segments, settings } = useProject();
  const fps = framesPerSecond(settings.fps);
  if (latest?.segments === segments && latest.fps === fps) return latest.layout;
  const isAlike = latest?.fps === fps && standAlike(latest.segments, segments);
  const layout = isAlike && latest ? latest.layout : layOutFilm(segments, fps);
  latest = { segments, fps, layout };
  return layout;
}
