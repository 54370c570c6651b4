// Does small preparations one after the other while the page has nothing else to do, such as opening the
// files around the playhead before it is dragged. Knows nothing of what it does.

/** Quiet for this long before it begins: steps and drags come first. */
const QUIET_MS = 250;

export class ReadAhead {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isWorking = false;
  private isOver = false;

  /** `next` does one preparation and says whether there may be more; it never throws. */
  constructor(private readonly next: () => Promise<boolean>) {}

  /** Goes on once nothing has been asked for a while. */
  soon(): void {
    clearTimeout(this.timer);
    if (!this.isOver) this.timer = setTimeout(() => whenIdle(() => void this.work()), QUIET_MS);
  }

  dispose(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }

  private async work(): Promise<void> {
    if (this.isWorking || this.isOver) return;
    this.isWorking = true;
    const isMore = await this.next();
    this.isWorking = false;
    if (isMore && !this.isOver) whenIdle(() => void this.work());
  }
}

/** Not every browser tells when it has nothing to do. */
const whenIdle = (run: () => void): unknown =>
  "requestIdleCallback" in globalThis ? requestIdleCallback(run) : setTimeout(run, 50);
