// What the library lists: clips that were made for the film and files that were sent, with how often
// the film uses each; and finding things among them. Pure.

export interface TakeLike {
  id: string;
  segment_id: string;
  number: number;
  prompt: string;
  asset_url: string | null;
  thumbnail_url: string | null;
  duration_seconds: number | null;
  created_at: string;
}

export interface FileLike {
  id: string;
  kind: string;
  filename: string;
  url: string | null;
  thumbnail_url: string | null;
  duration_seconds: number | null;
  created_at: string;
}

export interface SegmentLike {
  id: string;
  media: string | null;
  asset_url: string | null;
  take_id: string | null;
  model_params: Readonly<Record<string, unknown>>;
}

interface Shown {
  key: string;
  name: string;
  seconds: number | null;
  /** How many things on the film show or hear it. */
  uses: number;
  createdAt: string;
  thumbnailUrl: string | null;
  assetUrl: string | null;
}

export type TakeEntry<T> = Shown & { kind: "take"; take: T; place: number };
export type FileEntry<F> = Shown & { kind: "file"; file: F };
export type Entry<T, F> = TakeEntry<T> | FileEntry<F>;

/**
 * One entry a clip, however many segments have it as a take: the newest take stands for it. `place`:
 * of its segment on the film, from 0. Takes of segments that are gone are left out.
 */
export function takeEntries<T extends TakeLike>(
  takes: readonly T[],
  segments: readonly SegmentLike[],
): TakeEntry<T>[] {
  const places = new Map(segments.map(({ id }, place) => [id, place]));
  const shown = countOf(segments.flatMap(({ take_id, asset_url }) => (take_id ? asset_url : [])));
  const entries = new Map<string, TakeEntry<T>>();
  for (const take of takes) {
    const place = places.get(take.segment_id);
    const url = take.asset_url;
    if (place === undefined || url === null || entries.has(url)) continue;
    entries.set(url, {
      kind: "take",
      key: take.id,
      take,
      place,
      name: take.prompt,
      seconds: take.duration_seconds,
      uses: shown.get(url) ?? 0,
      createdAt: take.created_at,
      thumbnailUrl: take.thumbnail_url,
      assetUrl: url,
    });
  }
  return [...entries.values()];
}

/** Files with how often segments, their requests and items use them. */
export function fileEntries<F extends FileLike>(
  files: readonly F[],
  segments: readonly SegmentLike[],
  items: readonly { media: string | null }[],
): FileEntry<F>[] {
  const uses = countOf([
    ...segments.flatMap(({ media, model_params }) => [media, ...valuesIn(model_params)]),
    ...items.map(({ media }) => media),
  ]);
  return files.map((file) => ({
    kind: "file",
    key: file.id,
    file,
    name: file.filename,
    seconds: file.duration_seconds,
    uses: uses.get(file.id) ?? 0,
    createdAt: file.created_at,
    thumbnailUrl: file.thumbnail_url ?? (file.kind === "image" ? file.url : null),
    assetUrl: file.url,
  }));
}

/** Values that may name a file, also within lists of them. */
const valuesIn = (params: Readonly<Record<string, unknown>>): string[] =>
  Object.values(params)
    .flat()
    .filter((value) => typeof value === "string");

function countOf(names: readonly (string | null)[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

export type Kinds = "all" | "takes" | "files";

export interface Wanted {
  words: string;
  kinds: Kinds;
  isUnused: boolean;
}

/** Those that are wanted, the newest first. Every word has to be in the name. */
export function matching<E extends Shown & { kind: "take" | "file" }>(
  entries: readonly E[],
  { words, kinds, isUnused }: Wanted,
): E[] {
  const asked = words.toLowerCase().split(/\s+/).filter(Boolean);
  return entries
    .filter(({ kind }) => kinds === "all" || (kinds === "takes") === (kind === "take"))
    .filter(({ uses }) => !isUnused || uses === 0)
    .filter(({ name }) => asked.every((word) => name.toLowerCase().includes(word)))
    .toSorted((one, other) => other.createdAt.localeCompare(one.createdAt));
}

/** "Not used", "In the film", "3 times in the film". */
export function usesNote(uses: number): string {
  if (uses === 0) return "Not used";
  return uses === 1 ? "In the film" : `${uses} times in the film`;
}
