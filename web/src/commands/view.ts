// Commands of the window itself: palette, shortcuts, areas, panels.
import { navigate } from "wouter/use-browser-location";
import { type PreviewTab, useSession } from "@/lib/store/session";
import type { Command } from "./command";
import { focusArea, focusNextArea } from "./focus";
import { callHandler, hasHandler } from "./handlers";
import { LIBRARY_TABS, toggleLibrary } from "./library";
import { segmentIds } from "./selected";
import { openWindow } from "./windows";

/** Carried out by the editor's frame: themes are known there. */
export const THEME = "view.theme";

const isWatching = (tab: PreviewTab) => () =>
  segmentIds().length > 0 && useSession.getState().previewTab === tab;

export const VIEW: readonly Command[] = [
  {
    id: "view.palette",
    title: "All commands…",
    section: "View",
    keys: ["Mod+Shift+P"],
    words: "palette search find",
    typing: "anywhere",
    run: () => openWindow("palette"),
  },
  {
    id: "view.shortcuts",
    title: "Keyboard shortcuts…",
    section: "View",
    keys: ["?"],
    words: "keys help rebind preset",
    run: () => openWindow("shortcuts"),
  },
  {
    id: "view.settings",
    title: "Project settings…",
    section: "View",
    keys: ["Mod+,"],
    words: "format size frame rate loudness",
    run: () => openWindow("settings"),
  },
  {
    id: "view.library",
    title: "Show or hide the library",
    section: "View",
    keys: ["Shift+B"],
    words: "panel left segments list collapse",
    run: toggleLibrary,
  },
  ...LIBRARY_TABS,
  {
    id: "view.cut",
    title: "Watch the timeline",
    section: "View",
    keys: [],
    words: "preview tab cut",
    isEnabled: isWatching("film"),
    run: () => useSession.setState({ previewTab: "clip" }),
  },
  {
    id: "view.film",
    title: "Watch the finished film",
    section: "View",
    keys: [],
    words: "preview tab render",
    isEnabled: isWatching("clip"),
    run: () => useSession.setState({ previewTab: "film" }),
  },
  {
    id: THEME,
    title: "Dark or light appearance",
    section: "View",
    keys: [],
    words: "theme switch mode",
    isEnabled: () => hasHandler(THEME),
    run: () => callHandler(THEME),
  },
  {
    id: "view.projects",
    title: "All projects",
    section: "View",
    keys: [],
    words: "back home leave other film",
    run: () => navigate("/"),
  },
  {
    id: "view.areaAfter",
    title: "Go to the next area",
    section: "View",
    keys: ["F6"],
    words: "focus panel",
    typing: "anywhere",
    run: () => focusNextArea(1),
  },
  {
    id: "view.areaBefore",
    title: "Go to the area before",
    section: "View",
    keys: ["Shift+F6"],
    words: "focus panel previous",
    typing: "anywhere",
    run: () => focusNextArea(-1),
  },
  {
    id: "view.focusLibrary",
    title: "Go to the library",
    section: "View",
    keys: ["Shift+1"],
    words: "focus segments list",
    run: () => void focusArea("library"),
  },
  {
    id: "view.focusPreview",
    title: "Go to the preview",
    section: "View",
    keys: ["Shift+2"],
    words: "focus picture",
    run: () => void focusArea("preview"),
  },
  {
    id: "view.focusTimeline",
    title: "Go to the timeline",
    section: "View",
    keys: ["Shift+3"],
    words: "focus clips",
    run: () => void focusArea("timeline"),
  },
  {
    id: "view.focusInspector",
    title: "Go to the inspector",
    section: "View",
    keys: ["Shift+4"],
    words: "focus fields",
    run: () => void focusArea("inspector"),
  },
];
