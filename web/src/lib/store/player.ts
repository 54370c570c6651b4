// The transport that keys, timeline and preview share: where the playhead is and how to move it.
import { create } from "zustand";

/** What the preview that is on screen can do. Times are seconds on the timeline. */
export interface Player {
  toggle: () => void;
  seek: (time: number) => void;
  /** Moves by whole frames. */
  step: (frames: number) => void;
}

interface PlayerState {
  player: Player | null;
  isPlaying: boolean;
  /** Seconds on the timeline. */
  time: number;
}

export const usePlayer = create<PlayerState>(() => ({ player: null, isPlaying: false, time: 0 }));
