// Which picture of a clip's filmstrip stands where on the timeline. Pure.

export interface SheetLike {
  state: string;
  url: string | null;
  first: number;
  count: number;
  columns: number;
  rows: number;
}

export interface StripLike {
  step_seconds: number;
  tile_width: number;
  tile_height: number;
  count: number;
  sheets: readonly SheetLike[];
}

/** One picture: where it stands on the clip in px, and where it is found. */
export interface Tile {
  x: number;
  width: number;
  url: string;
  /** Of the sheet: place of the picture and how many there are, across and down. */
  column: number;
  row: number;
  columns: number;
  rows: number;
}

/** The coarsest strip that still has a picture for every tile, else the finest; null for none. */
export function stripFor(strips: readonly StripLike[], secondsATile: number): StripLike | null {
  const fineEnough = strips.filter((strip) => strip.step_seconds <= secondsATile);
  return fineEnough.at(-1) ?? strips[0] ?? null;
}

/**
 * Tiles of `tileWidth` px on a clip, of those that touch the px from `from` to `to` of it.
 * `momentOf`: seconds of the clip at a px. A sheet that is not made yet leaves its tiles out.
 */
export function tilesBetween(
  strip: StripLike,
  tileWidth: number,
  from: number,
  to: number,
  momentOf: (x: number) => number,
): Tile[] {
  const tiles: Tile[] = [];
  const first = Math.max(0, Math.floor(from / tileWidth));
  for (let index = first; index * tileWidth < to; index++) {
    const x = index * tileWidth;
    const moment = momentOf(x + Math.min(tileWidth, to - x) / 2);
    const tile = tileAt(strip, moment);
    if (tile) tiles.push({ x, width: tileWidth, ...tile });
  }
  return tiles;
}

function tileAt(strip: StripLike, moment: number): Omit<Tile, "x" | "width"> | null {
  const number = Math.max(0, Math.min(strip.count - 1, Math.round(moment / strip.step_seconds)));
  const sheet = strip.sheets.find(({ first, count }) => number >= first && number < first + count);
  if (sheet?.state !== "ready" || sheet.url === null) return null;
  const { url, columns, rows } = sheet;
  const at = number - sheet.first;
  return { url, column: at % columns, row: Math.floor(at / columns), columns, rows };
}

/** The digest in the address of an artifact; null in any other address. */
export const digestIn = (url: string | null | undefined): string | null =>
  /\/api\/artifacts\/([0-9a-f]{64})/.exec(url ?? "")?.[1] ?? null;
