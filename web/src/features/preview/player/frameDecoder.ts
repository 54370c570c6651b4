// Decodes single frames of one file with a decoder that stays open, and keeps those that it decoded on the
// way: the next one asked for is most often among them. Knows no film and draws nothing.
import type { EncodedPacket, EncodedPacketSink } from "mediabunny";

/** Pixels up to which a frame is decoded more quickly without the graphics card, whose room is small. */
const SMALL = 1280 * 720;
/** Bytes of frames that are kept, and how many frames at least and at most. */
const ROOM = 6 * 1024 * 1024;
const [FEWEST, MOST] = [2, 16];

export class FrameDecoder {
  /** By their times in microseconds, the newest last. */
  private readonly frames = new Map<number, VideoFrame>();
  private readonly config: VideoDecoderConfig;
  private readonly kept: number;
  private decoder: VideoDecoder | null = null;
  private failure: Error | null = null;
  /** What is decoded just now: packets of two wishes must not mingle. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly packets: EncodedPacketSink,
    config: VideoDecoderConfig,
  ) {
    const pixels = (config.codedWidth ?? 0) * (config.codedHeight ?? 0);
    this.kept = Math.max(FEWEST, Math.min(MOST, Math.floor(ROOM / (1.5 * Math.max(1, pixels)))));
    this.config = pixels <= SMALL ? { ...config, hardwareAcceleration: "prefer-software" } : config;
  }

  /** The frame that stands at a moment of the file, the first one before that; the caller closes it. */
  at(seconds: number): Promise<VideoFrame | null> {
    const found = this.last.then(() => this.find(seconds));
    this.last = found.catch(() => undefined);
    return found;
  }

  private async find(seconds: number): Promise<VideoFrame | null> {
    const wanted = (await this.packets.getPacket(seconds)) ?? (await this.packets.getFirstPacket());
    if (wanted === null) return null;
    if (!this.frames.has(wanted.microsecondTimestamp)) await this.decode(wanted);
    return this.frames.get(wanted.microsecondTimestamp)?.clone() ?? null;
  }

  close(): void {
    if (this.decoder !== null && this.decoder.state !== "closed") this.decoder.close();
    for (const frame of this.frames.values()) frame.close();
    this.frames.clear();
  }

  /** All that leads up to a frame. Throws where it cannot be decoded. */
  private async decode(wanted: EncodedPacket): Promise<void> {
    const decoder = this.opened();
    let next = await this.packets.getKeyPacket(wanted.timestamp);
    while (next !== null && next.sequenceNumber <= wanted.sequenceNumber) {
      decoder.decode(next.toEncodedVideoChunk());
      next = await this.packets.getNextPacket(next);
    }
    await decoder.flush();
    if (this.failure) throw this.failure;
  }

  /** Browsers take decoders away from pages that nobody looks at. */
  private opened(): VideoDecoder {
    if (this.decoder !== null && this.decoder.state !== "closed") return this.decoder;
    this.failure = null;
    this.decoder = new VideoDecoder({
      output: (frame) => this.keep(frame),
      error: (error) => {
        this.failure = error;
      },
    });
    this.decoder.configure(this.config);
    return this.decoder;
  }

  private keep(frame: VideoFrame): void {
    this.frames.get(frame.timestamp)?.close();
    this.frames.delete(frame.timestamp);
    this.frames.set(frame.timestamp, frame);
    for (const [time, oldest] of this.frames) {
      if (this.frames.size <= this.kept) return;
      oldest.close();
      this.frames.delete(time);
    }
  }
}
