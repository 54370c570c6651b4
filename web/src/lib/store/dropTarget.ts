// Where something from the library can be let go: the strip says so while it is on the screen, the
// library asks. Neither knows the other.
import { create } from "zustand";

/** What is dragged: a clip goes between clips, a text or sound to a moment. */
export type Dragged = "clip" | "text" | "sound";

export interface DropPlace {
  /** Place among the segments, from 0, for a clip. */
  index: number;
  /** Seconds of the film, for what lies beside the clips. */
  time: number;
}

export interface DropTarget {
  /** Shows where it would go; null when the point (px of the page) is not over the target. */
  hover: (kind: Dragged, x: number, y: number) => DropPlace | null;
  /** The drag is over. */
  leave: () => void;
}

export const useDropTarget = create<{ target: DropTarget | null }>(() => ({ target: null }));
