// A few muted videos that take turns: those on screen play along with the clock, the next one waits on
// its first picture. Muted, so that every browser lets them play. Knows no timeline.

/** What is asked of the pool for one clip. */
export interface Cue {
  key: string;
  url: string;
  /** Where the file should be now. */
  seconds: number;
  /** Seconds of the file that pass in one second; 0 and less stands. */
  rate: number;
  /** Whether it is, or is about to be, on screen. */
  isLive: boolean;
}

interface Slot {
  video: HTMLVideoElement;
  key: string | null;
  url: string | null;
  /** When play() was called, in milliseconds, until its first picture came. */
  asked: number | null;
}

const SIZE = 3;
/** Seconds off from which a video is sent to its place instead of being hurried. */
const FAR = 0.25;
const CORRECTION = 0.05;
/** Seconds off that nobody sees. */
const CLOSE = 0.012;
const [SLOWEST, FASTEST] = [1 / 16, 16];
const USUAL_LATENCY = 0.045;

export class VideoPool {
  private readonly slots: Slot[] = Array.from({ length: SIZE }, () => emptySlot());
  /** Seconds from play() to the first picture that moves, as measured here. */
  latency = USUAL_LATENCY;

  /** Brings the videos to where they should be. At most as many cues as there are videos count. */
  cue(cues: readonly Cue[]): void {
    const wanted = cues.slice(0, SIZE);
    for (const slot of this.slots) {
      if (!wanted.some(({ key }) => key === slot.key)) slot.video.pause();
    }
    const keys = wanted.map(({ key }) => key);
    for (const one of wanted) this.follow(this.slotFor(one, keys), one);
  }

  /** The video of a clip, once it has a picture to show. */
  picture(key: string): HTMLVideoElement | null {
    const slot = this.slots.find((one) => one.key === key);
    return slot && slot.video.readyState >= 2 && !slot.video.seeking ? slot.video : null;
  }

  /** Whether the video of a clip cannot be played at all. */
  isBroken(key: string): boolean {
    return this.slots.some((slot) => slot.key === key && slot.video.error !== null);
  }

  /** The picture at a moment of a file; null where it cannot be had. `beside`: clips that stay as they are. */
  async still(
    key: string,
    url: string,
    seconds: number,
    beside: readonly string[],
  ): Promise<HTMLVideoElement | null> {
    const { video } = this.slotFor({ key, url }, [key, ...beside]);
    video.pause();
    if (!(await until(video, () => video.readyState >= 1))) return null;
    if (Math.abs(video.currentTime - seconds) > 1e-3) video.currentTime = seconds;
    return (await until(video, () => !video.seeking && video.readyState >= 2)) ? video : null;
  }

  pause(): void {
    for (const { video } of this.slots) video.pause();
  }

  dispose(): void {
    for (const { video } of this.slots) {
      video.pause();
      video.removeAttribute("src");
      video.load();
    }
  }

  private slotFor(cue: Pick<Cue, "key" | "url">, wanted: readonly string[]): Slot {
    const own = this.slots.find(({ key }) => key === cue.key);
    const free = this.slots.find(({ key }) => key === null || !wanted.includes(key));
    const slot = own ?? free ?? (this.slots[0] as Slot);
    // A better copy of what plays just now waits until it is shown again.
    if (slot.key === cue.key && (slot.url === cue.url || !slot.video.paused)) return slot;
    slot.key = cue.key;
    slot.asked = null;
    if (slot.url !== cue.url) {
      slot.url = cue.url;
      slot.video.src = cue.url;
    }
    return slot;
  }

  private follow(slot: Slot, { seconds, rate, isLive }: Cue): void {
    const { video } = slot;
    if (video.readyState < 1) return;
    if (!isLive || rate <= 0) return rest(video, seconds);
    const off = video.currentTime - seconds;
    if (Math.abs(off) > FAR && !video.seeking && !video.ended) video.currentTime = seconds;
    const hurry = Math.abs(off) < CLOSE ? 0 : Math.max(-CORRECTION, Math.min(CORRECTION, -off));
    const speed = Math.max(SLOWEST, Math.min(FASTEST, rate * (1 + hurry)));
    if (Math.abs(video.playbackRate - speed) > 0.004) video.playbackRate = speed;
    if (video.paused && !video.ended) this.play(slot);
  }

  private play(slot: Slot): void {
    const { video } = slot;
    slot.asked = performance.now();
    void video.play().catch(() => undefined);
    const before = video.currentTime;
    const measure = () => {
      if (slot.asked === null || video.paused) return;
      const moved = (video.currentTime - before) / video.playbackRate;
      if (moved <= 0) return requestAnimationFrame(measure);
      const took = (performance.now() - slot.asked) / 1000 - moved;
      slot.asked = null;
      this.latency = Math.max(0, Math.min(0.2, this.latency * 0.7 + took * 0.3));
      return undefined;
    };
    requestAnimationFrame(measure);
  }
}

function emptySlot(): Slot {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  video.preload = "auto";
  return { video, key: null, url: null, asked: null };
}

function rest(video: HTMLVideoElement, seconds: number): void {
  if (!video.paused) video.pause();
  if (!video.seeking && Math.abs(video.currentTime - seconds) > 0.02) video.currentTime = seconds;
}

const PATIENCE_MS = 8000;

/** Whether something came true of a video before patience ran out or it broke. */
function until(video: HTMLVideoElement, isSo: () => boolean): Promise<boolean> {
  if (isSo()) return Promise.resolve(true);
  const events = ["loadedmetadata", "loadeddata", "canplay", "seeked", "error"] as const;
  return new Promise((resolve) => {
    const finish = (outcome: boolean) => {
      clearTimeout(timer);
      for (const name of events) video.removeEventListener(name, look);
      resolve(outcome);
    };
    const look = () => {
      if (video.error) finish(false);
      else if (isSo()) finish(true);
    };
    const timer = setTimeout(() => finish(false), PATIENCE_MS);
    for (const name of events) video.addEventListener(name, look);
  });
}
