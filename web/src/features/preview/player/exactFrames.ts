// Single frames of files, exactly: decoded by the browser's own decoder through a library that is loaded
// when first needed. Says null where that cannot be done; videos stand in then.
import { FrameDecoder } from "./frameDecoder";

interface Reader {
  decoder: FrameDecoder;
  /** Seconds at which the file's first picture stands. */
  first: number;
  close: () => void;
}

/** Files that stay open, and bytes of each that are remembered. */
export const KEPT = 12;
const ROOM = 4 * 1024 * 1024;

export class ExactFrames {
  private readonly readers = new Map<string, Promise<Reader | null>>();

  /** Whether this browser, on this page, decodes at all. */
  static get isThere(): boolean {
    return "VideoDecoder" in globalThis;
  }

  /** The picture at a moment of a file, in seconds from its first; the caller closes it. */
  async at(url: string, seconds: number): Promise<VideoFrame | null> {
    if (!ExactFrames.isThere) return null;
    const opened = this.reader(url);
    try {
      const reader = await opened;
      return (await reader?.decoder.at(reader.first + Math.max(0, seconds))) ?? null;
    } catch {
      // A decoder that failed once fails again: this file is shown by videos from now on. One that was
      // closed meanwhile, to make room, did not fail.
      if (this.readers.get(url) !== opened) return null;
      closeLater(opened);
      this.readers.set(url, Promise.resolve(null));
      return null;
    }
  }

  /** Of these files, at most as many as stay open, the first one that is not open; the others stay. */
  missing(urls: readonly string[]): string | undefined {
    for (const url of urls) if (this.readers.has(url)) void this.reader(url);
    return ExactFrames.isThere ? urls.find((url) => !this.readers.has(url)) : undefined;
  }

  dispose(): void {
    for (const reader of this.readers.values()) closeLater(reader);
    this.readers.clear();
  }

  private reader(url: string): Promise<Reader | null> {
    const found = this.readers.get(url) ?? open(url);
    this.readers.delete(url);
    this.readers.set(url, found);
    const [oldest] = this.readers;
    if (oldest && this.readers.size > KEPT) {
      this.readers.delete(oldest[0]);
      closeLater(oldest[1]);
    }
    return found;
  }
}

/** One that never opened has nothing to close. */
const closeLater = (reader: Promise<Reader | null>): void =>
  void reader.then(
    (one) => one?.close(),
    () => undefined,
  );

async function open(url: string): Promise<Reader | null> {
  const { ALL_FORMATS, EncodedPacketSink, Input, UrlSource } = await import("mediabunny");
  const source = new UrlSource(url, { maxCacheSize: ROOM });
  const input = new Input({ source, formats: ALL_FORMATS });
  const track = await input.getPrimaryVideoTrack();
  const config = track && (await track.canDecode()) ? await track.getDecoderConfig() : null;
  if (track === null || config === null) {
    input.dispose();
    return null;
  }
  const decoder = new FrameDecoder(new EncodedPacketSink(track), config);
  const close = () => {
    decoder.close();
    input.dispose();
  };
  return { decoder, first: await track.getFirstTimestamp(), close };
}
