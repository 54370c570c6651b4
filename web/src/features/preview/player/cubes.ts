// Colour tables (.cube files) as the compositor wants them. The server has checked them when they were
// uploaded; what cannot be read here is left out of the preview.
import type { Cube } from "../compositor/drawing";

export class Cubes {
  private readonly known = new Map<string, Cube | null>();

  constructor(private readonly onReady: () => void) {}

  /** Null until it is there; asking loads it. */
  get(digest: string): Cube | null {
    if (!this.known.has(digest)) void this.load(digest);
    return this.known.get(digest) ?? null;
  }

  private async load(digest: string): Promise<void> {
    this.known.set(digest, null);
    const answer = await fetch(`/api/artifacts/${digest}?direct=true`).catch(() => null);
    if (!answer?.ok) return;
    this.known.set(digest, readCube(digest, await answer.text()));
    this.onReady();
  }
}

/** A table of three dimensions; null for anything else. */
export function readCube(key: string, text: string): Cube | null {
  let size = 0;
  const ends: Record<string, number[]> = { DOMAIN_MIN: [0, 0, 0], DOMAIN_MAX: [1, 1, 1] };
  const colours: number[] = [];
  for (const raw of text.split(/\r\n?|\n/)) {
    const [word = "", ...rest] = raw.replace(/#.*/, "").trim().split(/\s+/);
    if (word === "LUT_3D_SIZE") size = Number(rest[0]);
    else if (word in ends) ends[word] = rest.map(Number);
    else if (/^[-+.\d]/.test(word)) colours.push(Number(word), ...rest.map(Number));
  }
  if (size < 2 || colours.length !== 3 * size ** 3) return null;
  const [low = [], high = []] = [ends.DOMAIN_MIN, ends.DOMAIN_MAX];
  return { key, size, colours: Float32Array.from(colours), low, high };
}
