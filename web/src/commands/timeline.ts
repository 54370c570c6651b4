// Commands of the timeline: its tools, its view, and all of its sounds at once.
import { muteSounds } from "@/lib/actions/muteSounds";
import { useDocument } from "@/lib/store/document";
import {
  announce,
  type MainTool,
  toggleSnapping,
  useSession,
  ZOOM_STEP,
  zoomBy,
} from "@/lib/store/session";
import type { Command } from "./command";

const hasTimeline = () => useSession.getState().zoomBy !== null;

const sounds = () => useDocument.getState().items.filter(({ kind }) => kind === "audio");

/** Silences the sounds beside the segments, and lets them be heard where all are silent already. */
function muteAll(): void {
  const all = sounds();
  muteSounds(all, !all.every(({ fields }) => fields.muted === true));
}

const takeTool = (mainTool: MainTool, words: string) => () => {
  useSession.setState({ mainTool });
  announce(words);
};

export const TIMELINE: readonly Command[] = [
  {
    id: "timeline.select",
    title: "Select where I click",
    section: "Timeline",
    keys: ["V"],
    words: "tool pointer arrow",
    isEnabled: hasTimeline,
    run: takeTool("select", "A click selects"),
  },
  {
    id: "timeline.split",
    title: "Split where I click",
    section: "Timeline",
    keys: ["B"],
    words: "tool blade razor scissors cut",
    isEnabled: hasTimeline,
    run: takeTool("split", "A click splits"),
  },
  {
    id: "timeline.zoomIn",
    title: "Zoom in",
    section: "Timeline",
    keys: ["=", "+"],
    words: "larger closer scale",
    isRepeating: true,
    isEnabled: hasTimeline,
    run: () => zoomBy(ZOOM_STEP),
  },
  {
    id: "timeline.zoomOut",
    title: "Zoom out",
    section: "Timeline",
    keys: ["-"],
    words: "smaller scale",
    isRepeating: true,
    isEnabled: hasTimeline,
    run: () => zoomBy(1 / ZOOM_STEP),
  },
  {
    id: "timeline.fit",
    title: "Fit the film to the width",
    section: "Timeline",
    keys: ["\\"],
    words: "zoom whole all",
    isEnabled: hasTimeline,
    run: () => useSession.setState({ zoom: null }),
  },
  {
    id: "timeline.snap",
    title: "Snapping on or off",
    section: "Timeline",
    keys: ["N"],
    words: "magnet",
    run: toggleSnapping,
  },
  {
    id: "timeline.mute",
    title: "Mute all sounds, or none",
    section: "Timeline",
    keys: [],
    words: "music voice effects silence unmute audio",
    isEnabled: () => sounds().length > 0,
    run: muteAll,
  },
];
