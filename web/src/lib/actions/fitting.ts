// Where something new begins on the open film.
import { layOutFilm } from "@/engine/filmLayout";
import { framesPerSecond } from "@/engine/frameRate";
import { startNear } from "@/engine/placing";
import { openProject } from "../store/document";

/** Of a sound or picture that stay on the film however late they begin. */
const LEAST_SECONDS = 0.5;

/** The open film, laid out. */
export function openFilm() {
  const { segments, settings } = openProject();
  return layOutFilm(segments, framesPerSecond(settings.fps));
}

/** `time`, or as near to it as there is still something of the film to lie on. Seconds. */
export const fitting = (time: number): number => startNear(time, LEAST_SECONDS, openFilm().total);
