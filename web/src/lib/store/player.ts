// The transport that keys, timeline and preview share: where the playhead is and how to move it.
import { create } from "zustand";

/** What the preview that is on screen can do. Times are seconds on the timeline. */
export interface Player {
  toggle: () => void;
  seek: (time: number) => void;
  /** Moves by whole frames. */
  step: (frames: number) => void;
  fullScreen: () => void;
}

interface PlayerState {
  player: Player | null;
  isPlaying: boolean;
  isMuted: boolean;
  /** Seconds on the timeline. */
  time: number;
}

export const usePlayer = create<PlayerState>(() => ({
  player: null,
  isPlaying: false,
  isMuted: false,
  time: 0,
}));

export const toggleSound = (): void => usePlayer.setState(({ isMuted }) => ({ isMuted: !isMuted }));
