// Whether the library on the left is shown: as the person said, else as there is room.
import { create } from "zustand";

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
