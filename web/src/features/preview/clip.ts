// What the Clip tab plays: the selected segment's clip, cut as the timeline cuts it.
import type { Segment } from "@/api/types";
import { cellAt, type FilmLayout } from "@/engine/filmLayout";
import { framesPerSecond } from "@/engine/frameRate";
import { useFilmLayout } from "@/lib/hooks/useFilmLayout";
import { useMedia, useShown } from "@/lib/queries";
import { useProject } from "@/lib/store/document";
import { useSession } from "@/lib/store/session";
import type { Source } from "./usePlayback";

export interface Clip {
  segment: Segment;
  /** What there is to play, null for a picture or where there is nothing yet. */
  source: Source | null;
  poster: string | null;
  /** Whether the clip answers an older wording. */
  isOld: boolean;
  /** Address of an own picture. */
  still: string | null;
  /** Where it begins on the timeline, in seconds. */
  offset: number;
}

/** The selected segment and where it plays; null in an empty project. */
export function useClip(): Clip | null {
  const { segments, settings } = useProject();
  const selectedId = useSession((state) => state.selectedId);
  const segment = segmentOf(segments, selectedId);
  const media = useMedia(segment?.media ?? null).data;
  const shown = useShown(segment);
  const film = useFilmLayout();
  if (segment === undefined) return null;
  const isStill = media?.kind === "image" && segment.media === media.id;
  const offset = film.start[segment.order_index] ?? 0;
  const rest = { segment, offset, poster: shown.thumbnail_url, isOld: shown.isOld };
  if (isStill) return { ...rest, source: null, still: segment.asset_url };
  if (shown.asset_url === null) return { ...rest, source: null, still: null };
  const source = {
    url: shown.asset_url,
    offset,
    start: segment.trim?.start ?? 0,
    end: segment.trim?.end ?? null,
    fps: framesPerSecond(settings.fps),
    speed: segment.retime?.speed ?? 1,
  };
  return { ...rest, source, still: null };
}

const segmentOf = (segments: readonly Segment[], id: string | null): Segment | undefined =>
  segments.find((segment) => segment.id === id) ?? segments[0];

/** The segment that covers a moment of the film. */
export const segmentAt = (
  segments: readonly Segment[],
  film: FilmLayout,
  time: number,
): Segment | undefined => segments[cellAt(film, time)];

/** Whether the film shows or lets hear something else than the clip as it stands. */
export const isTreated = ({ retime, framing, look, sound }: Segment): boolean =>
  [framing, look, sound].some((part) => part !== null) ||
  retime?.reverse === true ||
  Boolean(retime?.freeze);
