// The one clock of the preview: seconds of the film, counted by the sound hardware where there is one, so
// that pictures follow what is heard. Knows neither pictures nor sounds.

/** Runs at any speed, also backwards; the page's own clock stands in while there is no sound. */
export class Clock {
  private from = 0;
  private since = 0;
  private speed = 0;
  private bySound = false;

  constructor(private readonly audio: () => AudioContext | null) {}

  /** Runs on from `seconds` of the film. */
  start(seconds: number, speed: number): void {
    this.bySound = this.audio()?.state === "running";
    this.from = seconds;
    this.since = this.reading();
    this.speed = speed;
  }

  /** Stands still, and says where. */
  stop(): number {
    const now = this.now();
    this.start(now, 0);
    return now;
  }

  /** Seconds of the film. */
  now(): number {
    return this.from + (this.reading() - this.since) * this.speed;
  }

  /** Seconds of the sound clock at which a moment of the film comes. Only while it runs at speed 1. */
  soundTimeOf(seconds: number): number {
    return this.since + (seconds - this.from);
  }

  private reading(): number {
    const audio = this.audio();
    return this.bySound && audio ? audio.currentTime : performance.now() / 1000;
  }
}
