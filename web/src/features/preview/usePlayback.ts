// Couples one <video> to the shared transport: play, seek, step, and the playhead while it runs.
import { type RefObject, useEffect, useRef } from "react";
import { usePlayer } from "@/lib/store/player";

export interface Source {
  url: string;
  /** Where the source begins on the timeline, in seconds. */
  offset: number;
  /** Part of the file that is used, in seconds; `end` null means to its end. */
  start: number;
  end: number | null;
  fps: number;
  /** How many seconds of the file one second of the timeline takes. */
  speed: number;
}

interface Options {
  /** Where the playhead stands while there is nothing to play, in seconds on the timeline. */
  restingTime: number;
  /** Asked to show the moment of the timeline when it lies outside the source. */
  onSeekOutside: (time: number) => void;
  onEnd: () => void;
  /** Starts at once, or shows a moment, after the source has been changed. */
  resume: RefObject<{ play: boolean; time: number | null }>;
}

export function usePlayback(
  video: RefObject<HTMLVideoElement | null>,
  source: Source | null,
  options: Options,
) {
  const latest = useRef({ source, options });
  latest.current = { source, options };

  const { restingTime } = options;
  const url = source?.url ?? null;
  // A new address means a new element, which is keyed by it; everything else is read as it is then.
  useEffect(() => {
    const element = video.current;
    return url === null || element === null ? undefined : attach(element, () => latest.current);
  }, [url, video]);
  useEffect(() => {
    if (url === null) usePlayer.setState({ time: restingTime });
  }, [url, restingTime]);
}

/** Browsers refuse to play slower or faster than this. */
const playable = (speed: number) => Math.max(1 / 16, Math.min(16, speed));

type Latest = () => { source: Source | null; options: Options };

function attach(element: HTMLVideoElement, latest: Latest): () => void {
  let frame = 0;
  const current = () => latest().source as Source;
  const last = () => Math.min(current().end ?? Infinity, element.duration || Infinity);
  const show = () =>
    usePlayer.setState({
      time: current().offset + Math.max(0, element.currentTime - current().start) / current().speed,
    });

  const follow = () => {
    show();
    const { end } = current();
    if (end !== null && element.currentTime >= end) {
      element.pause();
      latest().options.onEnd();
      return;
    }
    frame = requestAnimationFrame(follow);
  };
  const onPlay = () => {
    element.playbackRate = playable(current().speed);
    usePlayer.setState({ isPlaying: true });
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(follow);
  };
  const onPause = () => {
    cancelAnimationFrame(frame);
    usePlayer.setState({ isPlaying: false });
    show();
  };
  const onReady = () => {
    const { resume } = latest().options;
    const { play, time } = resume.current;
    resume.current = { play: false, time: null };
    element.currentTime =
      current().start +
      (time === null ? 0 : Math.max(0, time - current().offset) * current().speed);
    if (play) void element.play().catch(() => undefined);
    show();
  };
  const onEnded = () => latest().options.onEnd();

  const seek = (time: number) => {
    const inside = (time - current().offset) * current().speed + current().start;
    if (inside < current().start - 1e-3 || inside > last() + 1e-3)
      return latest().options.onSeekOutside(time);
    element.currentTime = Math.min(inside, Math.max(current().start, last() - 0.5 / current().fps));
    show();
  };
  const toggle = () => {
    if (!element.paused) return element.pause();
    if (element.currentTime >= last() - 0.05) element.currentTime = current().start;
    void element.play().catch(() => undefined);
  };
  const step = (frames: number) => {
    element.pause();
    const moved = element.currentTime + (frames * current().speed) / current().fps;
    element.currentTime = Math.max(current().start, Math.min(moved, last()));
    show();
  };

  const events = {
    play: onPlay,
    pause: onPause,
    loadedmetadata: onReady,
    ended: onEnded,
    seeked: show,
  };
  for (const [name, handler] of Object.entries(events)) element.addEventListener(name, handler);
  usePlayer.setState({
    player: { toggle, seek, step, fullScreen: () => void element.requestFullscreen() },
    isPlaying: false,
  });
  if (element.readyState >= 1) onReady();
  return () => {
    cancelAnimationFrame(frame);
    for (const [name, handler] of Object.entries(events))
      element.removeEventListener(name, handler);
    usePlayer.setState({ player: null, isPlaying: false });
  };
}
