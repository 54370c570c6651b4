// Decoded sound of files, forwards and backwards, kept while there is room. Plays nothing.

/** Bytes of decoded sound that are kept: about twenty minutes in stereo. */
const ROOM = 480 * 1024 * 1024;

type Entry = AudioBuffer | "loading" | "nothing";

export class SoundFiles {
  private readonly known = new Map<string, Entry>();

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
      this.known.set(key, sound);
      this.makeRoom();
    } catch {
      // Silent clips have no sound to decode.
      this.known.set(key, "nothing");
    }
  }

  private makeRoom(): void {
    let bytes = 0;
    for (const entry of this.known.values()) bytes += bytesOf(entry);
    for (const [key, entry] of this.known) {
      if (bytes <= ROOM) return;
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
