// Which file stands for each segment in the preview: its clip, else the newest take of what it asked for
// before, else nothing; played from small copies where there are any.
import { listTakes } from "@/api/segments";
import type { Segment } from "@/api/types";
import { isStill } from "@/engine/scene/frames";
import { isClip } from "@/engine/takes";
import { keys, queryClient } from "@/lib/queryClient";
import { direct, Proxies } from "./proxies";
import type { SoundSource } from "./soundFiles";

export interface ClipFile {
  /** Address of the clip itself. */
  url: string;
  isStill: boolean;
}

export class ClipFiles {
  private readonly proxies: Proxies;
  private readonly older = new Map<string, string | null>();

  /** `onReady`: there is more to see; `onAddress`: clips may be played from elsewhere now. */
  constructor(
    projectId: string,
    private readonly onReady: () => void,
    onAddress: () => void,
  ) {
    this.proxies = new Proxies(projectId, onAddress);
  }

  /** Null where there is nothing to see (yet). */
  of(segment: Segment): ClipFile | null {
    if (segment.asset_url !== null) return { url: segment.asset_url, isStill: isStill(segment) };
    if (segment.take_count === 0) return null;
    const key = `${segment.id} ${segment.take_count}`;
    if (!this.older.has(key)) void this.findOlder(key, segment.id);
    const url = this.older.get(key) ?? null;
    return url === null ? null : { url, isStill: false };
  }

  /** Where to play it from. */
  addressOf(file: ClipFile): string {
    return file.isStill ? direct(file.url) : this.proxies.addressOf(file.url);
  }

  /** Where its sound is found; null where it has none (yet). */
  soundOf(segment: Segment): SoundSource | null {
    const file = this.of(segment);
    return file === null ? null : this.proxies.soundOf(file.url);
  }

  /** Whether it will be played from there from now on. */
  isSettled(file: ClipFile): boolean {
    return file.isStill || this.proxies.isSettled(file.url);
  }

  /** Has small copies of what is going to be played made. */
  want(segments: readonly Segment[]): void {
    const files = segments.flatMap((segment) => this.of(segment) ?? []);
    this.proxies.want(files.filter((file) => !file.isStill).map(({ url }) => url));
  }

  dispose(): void {
    this.proxies.dispose();
  }

  private async findOlder(key: string, segmentId: string): Promise<void> {
    this.older.set(key, null);
    const takes = await queryClient
      .fetchQuery({ queryKey: keys.takes(segmentId), queryFn: () => listTakes(segmentId) })
      .catch(() => []);
    this.older.set(key, takes.find(isClip)?.asset_url ?? null);
    this.onReady();
  }
}
