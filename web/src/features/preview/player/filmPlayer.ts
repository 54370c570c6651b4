// Plays a finished film in its <video>, as the deck plays the cut: in both directions, from mark to mark
// while it is looped. Runs beside React; talks to it through the player's store.
import { type Player, usePlayer } from "@/lib/store/player";
import { toggleFullScreen } from "../fullScreen";
import { partOf } from "../looping";

/** Browsers refuse to play slower or faster than this. */
const playable = (speed: number) => Math.max(1 / 16, Math.min(16, speed));

export class FilmPlayer implements Player {
  private ticking = 0;
  /** Below 0 while it runs backwards, which no browser does by itself: 0 otherwise. */
  private backwards = 0;
  /** Running backwards began here: seconds of the film, and of the page's clock. */
  private from = 0;
  private since = 0;
  private readonly events: Readonly<Record<string, () => void>>;

  /** `fps`: frames a second of the film. */
  constructor(
    private readonly element: HTMLVideoElement,
    private readonly fps: number,
  ) {
    this.events = {
      play: this.begun,
      ratechange: this.told,
      pause: () => element.ended || this.rest(),
      ended: this.ended,
      seeked: this.show,
      // The playhead stays where it was in the cut.
      loadedmetadata: () => this.seek(usePlayer.getState().time),
    };
    for (const [name, handler] of Object.entries(this.events))
      element.addEventListener(name, handler);
  }

  dispose(): void {
    cancelAnimationFrame(this.ticking);
    for (const [name, handler] of Object.entries(this.events))
      this.element.removeEventListener(name, handler);
  }

  // The transport

  readonly toggle = (): void => {
    if (this.backwards !== 0 || !this.element.paused) return this.stop();
    const { start, end } = this.part();
    if (this.element.currentTime >= Math.min(end, this.last) - 0.05) this.seek(start);
    this.shuttle(1);
  };

  readonly stop = (): void => {
    if (this.backwards === 0) return this.element.pause();
    this.seek(usePlayer.getState().time);
    this.backwards = 0;
    this.rest();
  };

  readonly shuttle = (speed: number): void => {
    if (speed === 0) return this.stop();
    if (speed < 0) return this.runBack(speed);
    if (this.backwards !== 0) this.stop();
    this.element.playbackRate = playable(speed);
    void this.element.play().catch(() => undefined);
  };

  readonly seek = (time: number): void => {
    const target = Math.max(0, Math.min(time, this.last));
    this.element.currentTime = target;
    this.countFrom(target);
  };

  readonly step = (frames: number): void => {
    this.stop();
    this.seek(this.element.currentTime + frames / this.fps);
  };

  readonly fullScreen = (): void => toggleFullScreen(this.element);

  // Playing

  private get total(): number {
    return this.element.duration || Number.POSITIVE_INFINITY;
  }

  /** Seconds of the last picture. */
  private get last(): number {
    return this.total - 0.5 / this.fps;
  }

  private part() {
    return partOf(usePlayer.getState(), this.total);
  }

  private readonly begun = (): void => {
    this.told();
    cancelAnimationFrame(this.ticking);
    this.ticking = requestAnimationFrame(this.follow);
  };

  private readonly told = (): void => {
    const { paused, playbackRate } = this.element;
    if (!paused) usePlayer.setState({ isPlaying: true, speed: playbackRate });
  };

  private readonly show = (): void => {
    if (this.backwards === 0) usePlayer.setState({ time: this.element.currentTime });
  };

  private readonly follow = (): void => {
    this.turnsAround();
    this.show();
    this.ticking = requestAnimationFrame(this.follow);
  };

  /** At the end of the part that is looped; whether it goes on from its beginning. */
  private turnsAround(): boolean {
    const { start, end } = this.part();
    const isTurn = usePlayer.getState().isLooping && start < end;
    if (isTurn && this.element.currentTime >= end) this.element.currentTime = start;
    return isTurn;
  }

  private readonly ended = (): void => {
    if (this.turnsAround()) void this.element.play().catch(() => undefined);
    else this.rest();
  };

  private rest(): void {
    if (this.backwards !== 0) return;
    cancelAnimationFrame(this.ticking);
    usePlayer.setState({ isPlaying: false, speed: 0 });
    this.show();
  }

  private runBack(speed: number): void {
    // A seek under way is where it goes, though nobody has been told yet.
    this.countFrom(this.backwards === 0 ? this.element.currentTime : usePlayer.getState().time);
    this.backwards = speed;
    this.element.pause();
    usePlayer.setState({ isPlaying: true, speed });
    cancelAnimationFrame(this.ticking);
    this.ticking = requestAnimationFrame(this.followBack);
  }

  private countFrom(time: number): void {
    this.from = time;
    this.since = performance.now();
  }

  /** From picture to picture, as fast as they come: the clock goes on meanwhile. */
  private readonly followBack = (): void => {
    const passed = (performance.now() - this.since) / 1000;
    const time = Math.max(0, this.from + passed * this.backwards);
    usePlayer.setState({ time });
    if (time === 0) return this.stop();
    if (!this.element.seeking) this.element.currentTime = time;
    this.ticking = requestAnimationFrame(this.followBack);
  };
}
