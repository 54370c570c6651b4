// Whether the library on the left is shown: as the person said, else as there is room; and going to one
// of its tabs.
import { create } from "zustand";
import { type ListTab, useSession } from "@/lib/store/session";
import type { Command } from "./command";
import { focusArea } from "./focus";

const KEY = "video-foundry.library";
/** Below this width the library makes room, until it is asked for. */
const ROOMY = window.matchMedia("(min-width: 1100px)");

interface Library {
  isOpen: boolean;
}

export const useLibrary = create<Library>(() => ({ isOpen: wanted() ?? ROOMY.matches }));

/** Kept for wide windows only: on a narrow one it is opened for a moment. */
function wanted(): boolean | null {
  const kept = localStorage.getItem(KEY);
  return ROOMY.matches && kept !== null ? kept === "open" : null;
}

ROOMY.addEventListener("change", () => useLibrary.setState({ isOpen: wanted() ?? ROOMY.matches }));

export function toggleLibrary(): void {
  const isOpen = !useLibrary.getState().isOpen;
  if (ROOMY.matches) localStorage.setItem(KEY, isOpen ? "open" : "closed");
  useLibrary.setState({ isOpen });
}

/** Opens the library at a tab and gives it the focus. */
function goToTab(listTab: ListTab): void {
  useLibrary.setState({ isOpen: true });
  useSession.setState({ listTab });
  requestAnimationFrame(() => void focusArea("library"));
}

export const LIBRARY_TABS: readonly Command[] = [
  {
    id: "view.media",
    title: "Go to the media",
    section: "View",
    keys: [],
    words: "library takes uploads clips footage search",
    run: () => goToTab("media"),
  },
  {
    id: "view.titles",
    title: "Go to the titles",
    section: "View",
    keys: [],
    words: "library text captions presets",
    run: () => goToTab("text"),
  },
  {
    id: "view.sounds",
    title: "Go to the sounds",
    section: "View",
    keys: [],
    words: "library audio music voice effects",
    run: () => goToTab("audio"),
  },
];
