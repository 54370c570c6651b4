// Small copies of clips that seek quickly, made by the server when somebody is going to play them; the
// clips themselves stand in until then.
import { http, only } from "@/api/client";

const AGAIN_MS = 2500;
const SOONEST_MS = 60;
const DIGEST = /\/api\/artifacts\/([0-9a-f]{64})/;

export class Proxies {
  private readonly ready = new Map<string, string>();
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
    const digest = DIGEST.exec(url)?.[1];
    const found = digest === undefined ? undefined : this.ready.get(digest);
    return direct(found ?? url);
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
        if (proxy?.state === "ready" && proxy.url) this.ready.set(digest, proxy.url);
        if (proxy?.state !== "making") this.give(digest);
      }
      this.onAnswer();
    } catch {
      // The clips themselves play on; it is asked again after the usual while.
    }
    this.isAsking = false;
    this.later(AGAIN_MS);
  }

  /** No more asking for this one. */
  private give(digest: string): void {
    this.wanted.delete(digest);
    this.given.add(digest);
  }
}

/** Through the server itself wherever the bytes lie, since a page may draw from its own origin alone. */
export const direct = (url: string): string =>
  url.startsWith("/api/artifacts/") ? `${url}?direct=true` : url;
