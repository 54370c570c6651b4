// Commands of the transport: play, shuttle, step, jump, marks.
import { layOutFilm } from "@/engine/filmLayout";
import { framesPerSecond } from "@/engine/frameRate";
import { openProject } from "@/lib/store/document";
import {
  clearMarks,
  setMarkIn,
  setMarkOut,
  toggleLoop,
  toggleSound,
  usePlayer,
} from "@/lib/store/player";
import { announce, select } from "@/lib/store/session";
import type { Command, Press } from "./command";
import { hasProject, segmentIds } from "./selected";
import { type Direction, nextSpeed } from "./shuttle";

const player = () => usePlayer.getState().player;
const canPlay = () => player() !== null;
const hasSegments = () => segmentIds().length > 0;

const fps = () => framesPerSecond(openProject().settings.fps);
const film = () => layOutFilm(openProject().segments, fps());

const STOP = "play.stop";

function shuttle(direction: Direction, { held }: Press): void {
  const { isPlaying, speed } = usePlayer.getState();
  player()?.shuttle(nextSpeed(isPlaying ? speed : 0, direction, held.has(STOP)));
}

/** Slow playing lasts as long as both keys are held. */
function letGo({ held }: Press): void {
  if (held.has(STOP)) player()?.stop();
}

/** Goes to where the segment before or after begins, and selects it. */
function goToCut(direction: Direction): void {
  const { start, total } = film();
  const { time } = usePlayer.getState();
  const near = 0.5 / fps();
  const index =
    direction < 0
      ? start.findLastIndex((cut) => cut < time - near)
      : start.findIndex((cut) => cut > time + near);
  if (index < 0) return player()?.seek(direction < 0 ? 0 : total);
  player()?.seek(start[index] ?? 0);
  select(segmentIds()[index] ?? null);
}

/** Sets or clears marks, and says so. */
const marking = (change: () => void, words: string) => () => {
  change();
  announce(words);
};

function hasMarks(): boolean {
  const { markIn, markOut } = usePlayer.getState();
  return markIn !== null || markOut !== null;
}

export const PLAYBACK: readonly Command[] = [
  {
    id: "play.toggle",
    title: "Play or pause",
    section: "Playback",
    keys: ["Space"],
    isEnabled: canPlay,
    run: () => player()?.toggle(),
  },
  {
    id: "play.back",
    title: "Play backwards, faster each time",
    section: "Playback",
    keys: ["J"],
    words: "shuttle reverse rewind",
    isEnabled: canPlay,
    run: (press) => shuttle(-1, press),
    release: letGo,
  },
  {
    id: STOP,
    title: "Stop",
    section: "Playback",
    keys: ["K"],
    words: "pause shuttle",
    isEnabled: canPlay,
    run: () => player()?.stop(),
  },
  {
    id: "play.forward",
    title: "Play forwards, faster each time",
    section: "Playback",
    keys: ["L"],
    words: "shuttle fast forward",
    isEnabled: canPlay,
    run: (press) => shuttle(1, press),
    release: letGo,
  },
  {
    id: "play.frameBack",
    title: "One frame back",
    section: "Playback",
    keys: ["ArrowLeft"],
    words: "step previous",
    isRepeating: true,
    isEnabled: canPlay,
    run: () => player()?.step(-1),
  },
  {
    id: "play.frameOn",
    title: "One frame on",
    section: "Playback",
    keys: ["ArrowRight"],
    words: "step next forward",
    isRepeating: true,
    isEnabled: canPlay,
    run: () => player()?.step(1),
  },
  {
    id: "play.secondBack",
    title: "One second back",
    section: "Playback",
    keys: ["Shift+ArrowLeft"],
    words: "jump",
    isRepeating: true,
    isEnabled: canPlay,
    run: () => player()?.step(-Math.round(fps())),
  },
  {
    id: "play.secondOn",
    title: "One second on",
    section: "Playback",
    keys: ["Shift+ArrowRight"],
    words: "jump forward",
    isRepeating: true,
    isEnabled: canPlay,
    run: () => player()?.step(Math.round(fps())),
  },
  {
    id: "play.cutBefore",
    title: "Go to the cut before",
    section: "Playback",
    keys: ["ArrowUp"],
    words: "previous edit point segment",
    isRepeating: true,
    isEnabled: hasSegments,
    run: () => goToCut(-1),
  },
  {
    id: "play.cutAfter",
    title: "Go to the cut after",
    section: "Playback",
    keys: ["ArrowDown"],
    words: "next edit point segment",
    isRepeating: true,
    isEnabled: hasSegments,
    run: () => goToCut(1),
  },
  {
    id: "play.start",
    title: "Go to the start of the film",
    section: "Playback",
    keys: ["Home"],
    words: "first beginning",
    isEnabled: canPlay,
    run: () => player()?.seek(0),
  },
  {
    id: "play.end",
    title: "Go to the end of the film",
    section: "Playback",
    keys: ["End"],
    words: "last",
    isEnabled: canPlay,
    run: () => player()?.seek(film().total),
  },
  {
    id: "mark.in",
    title: "Mark in",
    section: "Playback",
    keys: ["I"],
    words: "point range start loop",
    isEnabled: canPlay,
    run: marking(setMarkIn, "In point set"),
  },
  {
    id: "mark.out",
    title: "Mark out",
    section: "Playback",
    keys: ["O"],
    words: "point range end loop",
    isEnabled: canPlay,
    run: marking(setMarkOut, "Out point set"),
  },
  {
    id: "mark.clear",
    title: "Clear in and out",
    section: "Playback",
    keys: ["Alt+X"],
    words: "marks range points",
    isEnabled: hasMarks,
    run: marking(clearMarks, "In and out points cleared"),
  },
  {
    id: "play.loop",
    title: "Loop on or off",
    section: "Playback",
    keys: ["Alt+L"],
    words: "repeat again marks",
    isEnabled: canPlay,
    run: toggleLoop,
  },
  {
    id: "play.sound",
    title: "Sound on or off",
    section: "Playback",
    keys: ["M"],
    words: "mute volume",
    isEnabled: hasProject,
    run: toggleSound,
  },
  {
    id: "play.fullScreen",
    title: "Full screen",
    section: "Playback",
    keys: ["`", "F"],
    words: "maximise cinema",
    isEnabled: canPlay,
    run: () => player()?.fullScreen(),
  },
];
