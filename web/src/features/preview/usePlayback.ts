// Couples the finished film's <video> to the shared transport.
import { type RefObject, useEffect } from "react";
import { usePlayer } from "@/lib/store/player";
import { FilmPlayer } from "./player/filmPlayer";

/** `url`: null while there is no film. */
export function usePlayback(
  video: RefObject<HTMLVideoElement | null>,
  url: string | null,
  fps: number,
) {
  // A new address means a new element, which is keyed by it.
  useEffect(() => {
    const element = video.current;
    if (url === null || element === null) return;
    const player = new FilmPlayer(element, fps);
    usePlayer.setState({ player, isPlaying: false, speed: 0 });
    return () => {
      player.dispose();
      usePlayer.setState({ player: null, isPlaying: false, speed: 0 });
    };
  }, [url, fps, video]);
}
