// Commands of the timeline's view: zoom and snapping.
import { toggleSnapping, useSession, ZOOM_STEP, zoomBy } from "@/lib/store/session";
import type { Command } from "./command";

const hasTimeline = () => useSession.getState().zoomBy !== null;

export const TIMELINE: readonly Command[] = [
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
];
