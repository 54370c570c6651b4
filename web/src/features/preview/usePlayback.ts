// Couples the finished film's <video> to the shared transport: play, seek, step, and the playhead.
import { type RefObject, useEffect } from "react";
import { usePlayer } from "@/lib/store/player";

/** `url`: null while there is no film. */
export function usePlayback(
  video: RefObject<HTMLVideoElement | null>,
  url: string | null,
  fps: number,
) {
  // A new address means a new element, which is keyed by it.
  useEffect(() => {
    const element = video.current;
    return url === null || element === null ? undefined : attach(element, fps);
  }, [url, fps, video]);
}

function attach(element: HTMLVideoElement, fps: number): () => void {
  let frame = 0;
  const show = () => usePlayer.setState({ time: element.currentTime });
  const follow = () => {
    show();
    frame = requestAnimationFrame(follow);
  };
  // The playhead stays where it was in the cut.
  const begin = () => playerOf(element, fps).seek(usePlayer.getState().time);
  const rest = () => {
    cancelAnimationFrame(frame);
    usePlayer.setState({ isPlaying: false, speed: 0 });
    show();
  };
  const events = {
    play: () => {
      usePlayer.setState({ isPlaying: true, speed: element.playbackRate });
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(follow);
    },
    pause: rest,
    ended: rest,
    seeked: show,
    loadedmetadata: begin,
  };
  for (const [name, handler] of Object.entries(events)) element.addEventListener(name, handler);
  usePlayer.setState({ player: playerOf(element, fps), isPlaying: false, speed: 0 });
  return () => {
    cancelAnimationFrame(frame);
    for (const [name, handler] of Object.entries(events))
      element.removeEventListener(name, handler);
    usePlayer.setState({ player: null, isPlaying: false, speed: 0 });
  };
}

/** Browsers refuse to play slower or faster than this. */
const playable = (speed: number) => Math.max(1 / 16, Math.min(16, speed));

function playerOf(element: HTMLVideoElement, fps: number) {
  const last = () => (element.duration || Infinity) - 0.5 / fps;
  const seek = (time: number) => {
    element.currentTime = Math.max(0, Math.min(time, last()));
  };
  const stop = () => element.pause();
  const shuttle = (speed: number) => {
    // A film cannot be played backwards by itself; it steps instead.
    if (speed === 0) return stop();
    if (speed < 0) return seek(element.currentTime + speed / 4);
    element.playbackRate = playable(speed);
    void element.play().catch(() => undefined);
  };
  const toggle = () => {
    if (!element.paused) return stop();
    if (element.currentTime >= last() - 0.05) element.currentTime = 0;
    shuttle(1);
  };
  const step = (frames: number) => {
    stop();
    seek(element.currentTime + frames / fps);
  };
  return { toggle, seek, step, shuttle, stop, fullScreen: () => void element.requestFullscreen() };
}
