// Listening to one sound of the library at a time; the film falls silent meanwhile, and the other way
// round.
import { create } from "zustand";
import { usePlayer } from "@/lib/store/player";

interface Listening {
  /** Of the file that is heard; null for silence. */
  url: string | null;
  /** Seconds of it. */
  at: number;
}

export const useListening = create<Listening>(() => ({ url: null, at: 0 }));

let audio: HTMLAudioElement | null = null;

/** Plays a file from `from` (s) on. */
export function listenTo(url: string, from = 0): void {
  usePlayer.getState().player?.stop();
  audio ??= newAudio();
  if (!audio.src.endsWith(url)) audio.src = url;
  audio.currentTime = from;
  useListening.setState({ url, at: from });
  audio.play().catch(stopListening);
}

export function stopListening(): void {
  audio?.pause();
  useListening.setState({ url: null, at: 0 });
}

function newAudio(): HTMLAudioElement {
  const element = new Audio();
  element.preload = "none";
  element.addEventListener("timeupdate", () => {
    if (useListening.getState().url !== null) useListening.setState({ at: element.currentTime });
  });
  element.addEventListener("ended", stopListening);
  return element;
}

usePlayer.subscribe(({ isPlaying }) => {
  if (isPlaying && useListening.getState().url !== null) stopListening();
});
