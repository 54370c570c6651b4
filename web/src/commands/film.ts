// Commands about the film as a whole: its plan and its render.
import { useSession } from "@/lib/store/session";
import type { Command } from "./command";
import { callHandler, hasHandler } from "./handlers";

/** Carried out by the Render button, which knows the plan and asks about the price. */
export const RENDER = "film.render";

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
    id: "film.plan",
    title: "Show or hide the plan",
    section: "Film",
    keys: ["P"],
    words: "price cost what will be done",
    run: () => useSession.setState(({ isPlanOpen }) => ({ isPlanOpen: !isPlanOpen })),
  },
];
