import { afterEach, beforeEach, expect, test } from "vitest";
import { FrameDecoder } from "./frameDecoder";

/** Ten frames a second, every fifth a key frame. */
const packets = Array.from({ length: 10 }, (_, number) => ({
  sequenceNumber: number,
  timestamp: number / 10,
  microsecondTimestamp: number * 100_000,
  toEncodedVideoChunk: () => number,
}));
const before = (seconds: number) => Math.floor(seconds * 10 + 1e-6);
type Packets = ConstructorParameters<typeof FrameDecoder>[0];
const reading = {
  getPacket: async (seconds: number) => packets[before(seconds)] ?? null,
  getFirstPacket: async () => packets[0],
  getKeyPacket: async (seconds: number) => packets[before(seconds) - (before(seconds) % 5)],
  getNextPacket: async ({ sequenceNumber }: { sequenceNumber: number }) =>
    packets[sequenceNumber + 1] ?? null,
};
const file = reading as unknown as Packets;

interface Frame {
  timestamp: number;
  close: () => void;
  clone: () => Frame;
}

let decoded: number[] = [];
let decoders: Decoder[] = [];
let open = 0;

function frame(timestamp: number): Frame {
  open++;
  return { timestamp, clone: () => frame(timestamp), close: () => void open-- };
}

/** Stands in for the browser's: hands out what was decoded when it is flushed. */
class Decoder {
  state = "configured";
  private waiting: number[] = [];
  constructor(
    private readonly told: { output: (frame: Frame) => void; error: (e: Error) => void },
  ) {
    decoders.push(this);
  }
  configure(): void {}
  decode(number: number): void {
    decoded.push(number);
    this.waiting.push(number);
  }
  async flush(): Promise<void> {
    for (const number of this.waiting.splice(0)) this.told.output(frame(number * 100_000));
  }
  close(): void {
    this.state = "closed";
  }
  /** What browsers do to pages that nobody looks at. */
  takeAway(): void {
    this.state = "closed";
    this.told.error(new Error("reclaimed"));
  }
}

const told = { codec: "avc1", codedWidth: 640, codedHeight: 360 };
const usual = globalThis.VideoDecoder;

beforeEach(() => {
  [decoded, decoders, open] = [[], [], 0];
  Object.assign(globalThis, { VideoDecoder: Decoder });
});
afterEach(() => {
  Object.assign(globalThis, { VideoDecoder: usual });
});

test("a frame is decoded from its key frame on, and those before it are there already", async () => {
  const decoder = new FrameDecoder(file, told);
  expect((await decoder.at(0.83))?.timestamp).toBe(800_000);
  expect(decoded).toEqual([5, 6, 7, 8]);
  expect((await decoder.at(0.61))?.timestamp).toBe(600_000);
  expect(decoded).toHaveLength(4);
  expect((await decoder.at(0.2))?.timestamp).toBe(200_000);
  expect(decoded.slice(4)).toEqual([0, 1, 2]);
  expect(decoders).toHaveLength(1);
});

test("before the first frame there is the first one", async () => {
  const early = { ...reading, getPacket: async () => null } as unknown as Packets;
  expect((await new FrameDecoder(early, told).at(0))?.timestamp).toBe(0);
});

test("of large pictures few are kept, and everything is closed in the end", async () => {
  const decoder = new FrameDecoder(file, { ...told, codedWidth: 3840, codedHeight: 2160 });
  (await decoder.at(0.4))?.close();
  expect(open).toBe(2);
  decoder.close();
  expect(open).toBe(0);
});

test("a decoder that the browser took away is opened again", async () => {
  const decoder = new FrameDecoder(file, told);
  await decoder.at(0.1);
  decoders[0]?.takeAway();
  expect((await decoder.at(0.9))?.timestamp).toBe(900_000);
  expect(decoders).toHaveLength(2);
});

test("two frames that are wanted at once are decoded one after the other", async () => {
  const decoder = new FrameDecoder(file, told);
  const frames = await Promise.all([decoder.at(0.2), decoder.at(0.7)]);
  expect(frames.map((one) => one?.timestamp)).toEqual([200_000, 700_000]);
  expect(decoded).toEqual([0, 1, 2, 5, 6, 7]);
});
