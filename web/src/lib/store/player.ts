// The transport that keys, timeline and preview share: where the playhead is, how to move it, the marks
// and how loud it is. Says what is wanted; playing is the preview's.
import { create } from "zustand";

/** What the preview that is on screen can do. Times are seconds on the timeline. */
export interface Player {
  toggle: () => void;
  /** `isPatient`: the picture follows after the page has shown what led there. */
  seek: (time: number, how?: { isPatient?: boolean }) => void;
  /** Moves by whole frames. */
  step: (frames: number) => void;
  fullScreen: () => void;
  /** Plays at a speed: 1 as the film will be, 2 twice as fast, -1 backwards; 0 stops. */
  shuttle: (speed: number) => void;
  stop: () => void;
}

interface PlayerState {
  player: Player | null;
  isPlaying: boolean;
  isMuted: boolean;
  /** 0..1. */
  volume: number;
  /** Seconds on the timeline. */
  time: number;
  /** How fast it plays now; 0 while it stands. */
  speed: number;
  /** What is looked at or looped, in seconds on the timeline; null for the film's beginning and end. */
  markIn: number | null;
  markOut: number | null;
  /** Begins again at the end, or at the mark. */
  isLooping: boolean;
}

/** Where watching a project begins. */
const UNSEEN = { time: 0, markIn: null, markOut: null, isLooping: false } as const;

export const usePlayer = create<PlayerState>(() => ({
  ...UNSEEN,
  player: null,
  isPlaying: false,
  isMuted: false,
  volume: 1,
  speed: 0,
}));

/** Another project is opened: how loud it is stays. */
export const resetPlayer = (): void => usePlayer.setState(UNSEEN);

export const toggleSound = (): void => usePlayer.setState(({ isMuted }) => ({ isMuted: !isMuted }));

/** Silence is the same as sound off. */
export const setVolume = (volume: number): void =>
  usePlayer.setState({ volume: volume > 0 ? volume : 1, isMuted: volume <= 0 });

export const toggleLoop = (): void =>
  usePlayer.setState(({ isLooping }) => ({ isLooping: !isLooping }));

/** Marks where the playhead is; the other mark gives way when it would lie on the wrong side. */
export const setMarkIn = (): void =>
  usePlayer.setState(({ time, markOut }) => ({
    markIn: time,
    markOut: markOut !== null && markOut <= time ? null : markOut,
  }));

export const setMarkOut = (): void =>
  usePlayer.setState(({ time, markIn }) => ({
    markOut: time,
    markIn: markIn !== null && markIn >= time ? null : markIn,
  }));

export const clearMarks = (): void => usePlayer.setState({ markIn: null, markOut: null });
