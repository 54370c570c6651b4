// Small copies of clips that seek quickly, made by the server when somebody is going to play them; the
// clips themselves stand in until then.
import { http, only } from "@/api/client";
import type { Previews } from "@/api/previews";
import { framesPerSecond } from "@/engine/frameRate";
import type { SoundSource } from "./soundFiles";

const AGAIN_MS = 2500;
const SOONEST_MS = 60;
const DIGEST = /\/api\/artifacts\/([0-9a-f]{64})/;

/** A small copy that is there. seconds: of its sound; null where it has none. */
interface Copy {
  url: string;
  seconds: number | null;
}

export class Proxies {
  private readonly ready = new Map<string, Copy>();
  private readonly wanted = new Set<string>();
  private readonly given = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | null = null;
  private isAsking = false;

  /** `onAnswer`: the server has told which small copies there are. */
  constructor(
    private readonly projectId: string,
    private readonly onAnswer: () => void,
  ) {}

  /** Whether `addressOf` will give the same again: the small copy is there, or is none. */
  isSettled(url: string): boolean {
    const digest = DIGEST.exec(url)?.[1];
    return digest === undefined || this.ready.has(digest) || this.given.has(digest);
  }

  /** The address to play an artifact from: the small copy once there is one. */
  addressOf(url: string): string {
    return direct(this.copyOf(url)?.url ?? url);
  }

  /** Where an artifact's sound is found: in the small copy once there is one; null where it has none. */
  soundOf(url: string): SoundSource | null {
    const found = this.copyOf(url);
    if (found === undefined) return { url: direct(url), seconds: null };
    return found.seconds === null ? null : { url: direct(found.url), seconds: found.seconds };
  }

  /** Asks for small copies of these artifacts. */
  want(urls: readonly string[]): void {
    for (const url of urls) {
      const digest = DIGEST.exec(url)?.[1];
      if (digest && !this.ready.has(digest) && !this.given.has(digest)) this.wanted.add(digest);
    }
    // An answer that is on its way asks on by itself.
    if (!this.isAsking) this.later(SOONEST_MS);
  }

  dispose(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.wanted.clear();
  }

  private later(milliseconds: number): void {
    if (this.timer !== null || this.wanted.size === 0) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.ask();
    }, milliseconds);
  }

  private async ask(): Promise<void> {
    const digests = [...this.wanted].slice(0, 100);
    const body = { digests, kinds: ["proxy" as const], project_id: this.projectId, retry: false };
    this.isAsking = true;
    try {
      const answer = await only(http.POST("/api/previews", { body }));
      for (const digest of answer.unknown) this.give(digest);
      for (const { digest, proxy } of answer.previews) {
        if (proxy?.state === "ready" && proxy.url) {
          this.ready.set(digest, { url: proxy.url, seconds: soundSeconds(proxy) });
        }
        if (proxy?.state !== "making") this.give(digest);
      }
      this.onAnswer();
    } catch {
      // The clips themselves play on; it is asked again after the usual while.
    }
    this.isAsking = false;
    this.later(AGAIN_MS);
  }

  private copyOf(url: string): Copy | undefined {
    return this.ready.get(DIGEST.exec(url)?.[1] ?? "");
  }

  /** No more asking for this one. */
  private give(digest: string): void {
    this.wanted.delete(digest);
    this.given.add(digest);
  }
}

/** Its sound lasts exactly as long as its picture. */
const soundSeconds = ({ has_sound, frames, frame_rate }: NonNullable<Previews["proxy"]>) =>
  has_sound ? frames / framesPerSecond(frame_rate) : null;

/** Through the server itself wherever the bytes lie, since a page may draw from its own origin alone. */
export const direct = (url: string): string =>
  url.startsWith("/api/artifacts/") ? `${url}?direct=true` : url;
