// What a clip shows: its filmstrip as far as it is made, over its first picture.
import type { Segment } from "@/api/types";
import type { ClipState } from "@/engine/clipState";
import { clipMoment } from "@/engine/clipTime";
import { digestIn, type Tile, tilesBetween } from "@/engine/filmstrip";
import { cn } from "@/lib/cn";
import { usePreview } from "@/lib/hooks/usePreview";
import { useShown } from "@/lib/queries";
import { sheetStyle, stripOf } from "./clipStrip";

interface ClipPictureProps {
  segment: Segment;
  state: ClipState;
  from: number;
  to: number;
  pxPerSecond: number;
  trackHeight: number;
}

export function ClipPicture(props: ClipPictureProps) {
  const { segment } = props;
  if (segment.asset_url !== null) return <Picture {...props} {...segment} />;
  return segment.take_count > 0 ? <OldPicture {...props} /> : null;
}

/** Apart, because only a clip without one asks what it looked like before. */
function OldPicture(props: ClipPictureProps) {
  return <Picture {...props} {...useShown(props.segment)} />;
}

interface PictureProps extends ClipPictureProps {
  asset_url: string | null;
  thumbnail_url: string | null;
}

function Picture({ asset_url, thumbnail_url, state, ...props }: PictureProps) {
  if (thumbnail_url === null) return null;
  return (
    <span
      aria-hidden
      className={cn(
        "pointer-events-none absolute inset-0 overflow-hidden bg-left bg-repeat-x",
        (state === "generating" || state === "failed" || state === "changed") && "opacity-45",
      )}
      style={{ backgroundImage: `url("${thumbnail_url}")`, backgroundSize: "auto 100%" }}
    >
      <Filmstrip {...props} digest={digestIn(asset_url)} />
    </span>
  );
}

interface FilmstripProps extends Omit<ClipPictureProps, "state"> {
  digest: string | null;
}

function Filmstrip({ segment, digest, from, to, pxPerSecond, trackHeight }: FilmstripProps) {
  const previews = usePreview(digest);
  const found = previews && stripOf(segment, previews, pxPerSecond, trackHeight);
  if (!found) return null;
  const tiles = tilesBetween(found.strip, found.tileWidth, from, to, (x) =>
    clipMoment(segment, x / pxPerSecond),
  );
  return tiles.map((tile) => <Frame key={tile.x} tile={tile} />);
}

/** One picture out of a sheet of them. */
function Frame({ tile }: { tile: Tile }) {
  return (
    <span
      data-tile
      className="absolute inset-y-0"
      style={{ left: tile.x, width: tile.width, ...sheetStyle(tile) }}
    />
  );
}
