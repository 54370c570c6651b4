// Which filmstrip of a clip is shown at the zoom of this moment, and the picture of one moment out of it.
import type { Previews } from "@/api/previews";
import type { Segment } from "@/api/types";
import { type ClipLayout, clipAt, countOf, leftOf, totalWidth, widthOf } from "@/engine/clipLayout";
import { clipMoment } from "@/engine/clipTime";
import { digestIn, type StripLike, stripFor, type Tile, tilesBetween } from "@/engine/filmstrip";
import { PAINTED_BELOW_PX } from "@/engine/window";

/** Narrower clips show nothing but their frame. */
export const ROOM_FOR_PICTURE_PX = 14;

export interface ClipStrip {
  strip: StripLike;
  /** Px of one picture on the clip. */
  tileWidth: number;
}

/** Null while no filmstrip of the clip is there. */
export function stripOf(
  { retime }: Segment,
  { filmstrips }: Previews,
  pxPerSecond: number,
  trackHeight: number,
): ClipStrip | null {
  const finest = filmstrips[0];
  if (finest === undefined) return null;
  const tileWidth = trackHeight * (finest.tile_width / finest.tile_height);
  const strip = stripFor(filmstrips, (tileWidth / pxPerSecond) * (retime?.speed ?? 1));
  return strip === null || tileWidth < 1 ? null : { strip, tileWidth };
}

export interface Shown {
  tile: Tile;
  /** Width by height of the picture. */
  shape: number;
}

/**
 * The picture under px `x` of the strip, out of a sheet that its clip shows at the moment: nothing is
 * fetched for it. Null where the clip shows none.
 */
export function pictureUnder(
  x: number,
  segments: readonly Segment[],
  layout: ClipLayout,
  trackHeight: number,
  known: Readonly<Record<string, Previews | null>>,
): Shown | null {
  if (x > totalWidth(layout) || isPainted(layout)) return null;
  const index = clipAt(layout, x);
  if (widthOf(layout, index) <= ROOM_FOR_PICTURE_PX) return null;
  const segment = segments[index];
  const previews = known[digestIn(segment?.asset_url) ?? ""];
  if (segment === undefined || !previews) return null;
  const found = stripOf(segment, previews, layout.pxPerSecond, trackHeight);
  if (found === null) return null;
  const { strip, tileWidth } = found;
  const on = Math.max(0, Math.min(widthOf(layout, index) - 0.01, x - leftOf(layout, index)));
  const momentOf = (px: number) => clipMoment(segment, px / layout.pxPerSecond);
  const [drawn] = tilesBetween(strip, tileWidth, on, on + 0.01, momentOf);
  if (drawn === undefined) return null;
  // Between two pictures that are drawn there may be a closer one on the same sheet.
  const [exact] = tilesBetween(strip, tileWidth, 0, 0.01, () => momentOf(on));
  const tile = exact?.url === drawn.url ? exact : drawn;
  return { tile, shape: strip.tile_width / strip.tile_height };
}

/** Zoomed out so far that clips are painted, without their filmstrips. */
const isPainted = (layout: ClipLayout): boolean =>
  totalWidth(layout) / Math.max(1, countOf(layout)) < PAINTED_BELOW_PX;

/** How a sheet of pictures has to lie behind an element so that one of them fills it. */
export function sheetStyle({ url, column, row, columns, rows }: Tile) {
  const share = (at: number, of: number) => (of > 1 ? (at / (of - 1)) * 100 : 0);
  return {
    backgroundImage: `url("${url}")`,
    backgroundSize: `${columns * 100}% ${rows * 100}%`,
    backgroundPosition: `${share(column, columns)}% ${share(row, rows)}%`,
  };
}
