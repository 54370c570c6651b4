// Single frames of files, exactly: decoded by the browser's own decoder through a library that is loaded
// when first needed. Says null where that cannot be done; videos stand in then.
import type { VideoSampleSink } from "mediabunny";

interface Reader {
  sink: VideoSampleSink;
  /** Seconds at which the file's first picture stands. */
  first: number;
  close: () => void;
}

const KEPT = 4;

export class ExactFrames {
  private readonly readers = new Map<string, Promise<Reader | null>>();

  /** Whether this browser, on this page, decodes at all. */
  static get isThere(): boolean {
    return "VideoDecoder" in globalThis;
  }

  /** The picture at a moment of a file, in seconds from its first; the caller closes it. */
  async at(url: string, seconds: number): Promise<VideoFrame | null> {
    if (!ExactFrames.isThere) return null;
    try {
      const reader = await this.reader(url);
      const sample = await reader?.sink.getSample(reader.first + Math.max(0, seconds));
      const frame = sample?.toVideoFrame() ?? null;
      sample?.close();
      return frame;
    } catch {
      // A decoder that failed once fails again: this file is shown by videos from now on.
      this.readers.set(url, Promise.resolve(null));
      return null;
    }
  }

  dispose(): void {
    for (const reader of this.readers.values()) void reader.then((one) => one?.close());
    this.readers.clear();
  }

  private reader(url: string): Promise<Reader | null> {
    const found = this.readers.get(url) ?? open(url);
    this.readers.delete(url);
    this.readers.set(url, found);
    const [oldest] = this.readers;
    if (oldest && this.readers.size > KEPT) {
      this.readers.delete(oldest[0]);
      void oldest[1].then((one) => one?.close());
    }
    return found;
  }
}

async function open(url: string): Promise<Reader | null> {
  const { ALL_FORMATS, Input, UrlSource, VideoSampleSink } = await import("mediabunny");
  const input = new Input({ source: new UrlSource(url), formats: ALL_FORMATS });
  const track = await input.getPrimaryVideoTrack();
  if (track === null || !(await track.canDecode())) {
    input.dispose();
    return null;
  }
  const first = await track.getFirstTimestamp();
  return { sink: new VideoSampleSink(track), first, close: () => input.dispose() };
}
