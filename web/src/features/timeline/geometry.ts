// Sizes of the timeline in px, and what its parts know of the strip that they are drawn on.
import type { RefObject } from "react";
import type { Segment } from "@/api/types";
import type { ClipLayout } from "@/engine/clipLayout";
import type { FilmLayout } from "@/engine/filmLayout";

/** Width of the names of the tracks, at the left of everything. */
export const HEADER_PX = 104;
/** Room after the end of the film. */
export const END_PX = 28;
export const RULER_PX = 24;
export const MIN_TRACK_PX = 64;
export const MAX_TRACK_PX = 132;
/** Above and below the main track. */
export const TRACK_GAP_PX = 6;
export const LANE_PX = 26;
export const SOUND_LANE_PX = 38;

/** The strip as its parts see it; px count from the beginning of the film. */
export interface StripView {
  scroller: RefObject<HTMLDivElement | null>;
  /** Stands at the beginning of the film and scrolls with it. */
  origin: RefObject<HTMLDivElement | null>;
  segments: readonly Segment[];
  film: FilmLayout;
  layout: ClipLayout;
  /** Frames a second of the film. */
  fps: number;
}

/** Px of the strip under a px of the page. */
export const stripX = ({ origin }: Pick<StripView, "origin">, clientX: number): number =>
  clientX - (origin.current?.getBoundingClientRect().left ?? 0);
