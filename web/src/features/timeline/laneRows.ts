// How high the tracks are: the lanes as high as what lies on them, the main track what is left.
import { type ItemKind, KINDS, packRows } from "@/engine/items";
import type { PlacedItem } from "@/lib/hooks/usePlacedItems";
import {
  LANE_PX,
  MAX_TRACK_PX,
  MIN_TRACK_PX,
  RULER_PX,
  SOUND_LANE_PX,
  TRACK_GAP_PX,
} from "./geometry";

export const rowHeight = (kind: ItemKind): number => (kind === "audio" ? SOUND_LANE_PX : LANE_PX);

/** Px of the lane of one kind. */
export function laneHeight(kind: ItemKind, own: readonly PlacedItem[]): number {
  const rows = packRows(own.map(({ span }) => span));
  return Math.max(0, ...rows.map((row) => row + 1)) * rowHeight(kind);
}

/** Rows of the grid: the ruler, the main track, and room below to draw a frame in. */
export function trackRows(placed: readonly PlacedItem[]): string {
  const lanes = KINDS.reduce((px, { kind }) => {
    const own = placed.filter(({ item }) => item.kind === kind);
    return px + laneHeight(kind, own) + (own.length > 0 ? LANE_GAP_PX : 0);
  }, 0);
  const gaps = 2 * TRACK_GAP_PX;
  const left = `100cqh - ${RULER_PX + lanes + BELOW_PX}px`;
  return `${RULER_PX}px clamp(${MIN_TRACK_PX + gaps}px, ${left}, ${MAX_TRACK_PX + gaps}px)`;
}

const LANE_GAP_PX = 2;
const BELOW_PX = 18;
