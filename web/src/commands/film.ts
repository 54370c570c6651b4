// Commands about the film as a whole: its plan, its render, its outputs, and the films made so far.
import { useSession } from "@/lib/store/session";
import type { Command } from "./command";
import { callHandler, hasHandler } from "./handlers";
import { hasProject } from "./selected";
import { openWindow } from "./windows";

/** Carried out by the Render button, which knows the plan and asks about the price. */
export const RENDER = "film.render";
/** Carried out by the list of films, which hangs on its button. */
export const FILMS = "film.list";

export const FILM: readonly Command[] = [
  {
    id: RENDER,
    title: "Render the film",
    section: "Film",
    keys: ["Mod+E"],
    words: "export make deliver",
    isEnabled: () => hasHandler(RENDER),
    run: () => callHandler(RENDER),
  },
  {
    id: "film.deliver",
    title: "Outputs and delivery…",
    section: "Film",
    keys: ["Mod+Shift+E"],
    words: "export formats codec size quality gif several",
    isEnabled: hasProject,
    run: () => openWindow("deliver"),
  },
  {
    id: "film.export",
    title: "Export for another editor…",
    section: "Film",
    keys: [],
    words: "otio opentimelineio edl xml premiere resolve final cut avid timeline interchange",
    isEnabled: hasProject,
    run: () => openWindow("export"),
  },
  {
    id: "film.plan",
    title: "Show or hide the plan",
    section: "Film",
    keys: ["P"],
    words: "price cost what will be done",
    run: () => useSession.setState(({ isPlanOpen }) => ({ isPlanOpen: !isPlanOpen })),
  },
  {
    id: FILMS,
    title: "Show the films made so far",
    section: "Film",
    keys: [],
    words: "renders history versions download",
    isEnabled: () => hasHandler(FILMS),
    run: () => callHandler(FILMS),
  },
];
