// Decoded sound of files, forwards and backwards, kept while there is room. Plays nothing.

/** A file that sound is decoded from. */
export interface SoundSource {
  url: string;
  /** How long its sound lasts, where that is known to the sample. */
  seconds: number | null;
}

/** Bytes of decoded sound that are kept where there is much memory: about twenty minutes in stereo. */
const ROOM = 480 * 1024 * 1024;
/** GiB of memory that are much; browsers tell of no more. */
const MUCH = 8;

/** `gibibytes`: of the device's memory, where its browser says so. */
export function roomFor(gibibytes: number | undefined, isPhone: boolean): number {
  const share = isPhone ? 1 / 4 : (gibibytes ?? MUCH) / MUCH;
  return ROOM * Math.max(1 / 4, Math.min(1, share));
}

const roomHere = (): number =>
  roomFor(
    (navigator as { deviceMemory?: number }).deviceMemory,
    matchMedia("(pointer: coarse) and (hover: none)").matches,
  );

/** Seconds by which an encoder of AAC begins early. */
const PRIMING = 1024 / 48_000;

/**
 * Seconds of a decoded sound that stand before its beginning: browsers differ in whether they take away
 * what the encoder has put there. What it has added at the end is always shorter than that.
 */
export const leadIn = (decoded: number, seconds: number | null): number =>
  seconds !== null && decoded - seconds > PRIMING - 1e-4 ? PRIMING : 0;

type Entry = AudioBuffer | "loading" | "nothing";

export class SoundFiles {
  private readonly known = new Map<string, Entry>();
  private readonly room = roomHere();

  constructor(private readonly audio: BaseAudioContext) {}

  /** The sound of a file; null while it is on its way, or for ever where there is none. */
  load(url: string, isReversed = false): AudioBuffer | null {
    const key = isReversed ? `${url} backwards` : url;
    const found = this.known.get(key);
    if (found === undefined) void this.fetch(key, url, isReversed);
    if (found === undefined || typeof found === "string") return null;
    this.known.delete(key);
    this.known.set(key, found);
    return found;
  }

  private async fetch(key: string, url: string, isReversed: boolean): Promise<void> {
    this.known.set(key, "loading");
    try {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(answer.statusText);
      const sound = await this.audio.decodeAudioData(await answer.arrayBuffer());
      if (isReversed) reverse(sound);
      this.known.delete(key);
      this.makeRoom(bytesOf(sound));
      this.known.set(key, sound);
    } catch {
      // Silent clips have no sound to decode.
      this.known.set(key, "nothing");
    }
  }

  /** What is longest out of use goes; what is about to come in stays, however long it is. */
  private makeRoom(coming: number): void {
    let bytes = coming;
    for (const entry of this.known.values()) bytes += bytesOf(entry);
    for (const [key, entry] of this.known) {
      if (bytes <= this.room) return;
      bytes -= bytesOf(entry);
      if (typeof entry !== "string") this.known.delete(key);
    }
  }
}

function reverse(sound: AudioBuffer): void {
  for (let channel = 0; channel < sound.numberOfChannels; channel++) {
    sound.getChannelData(channel).reverse();
  }
}

const bytesOf = (entry: Entry) =>
  typeof entry === "string" ? 0 : entry.length * entry.numberOfChannels * 4;
