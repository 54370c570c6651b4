// The picture of a card in the library: still until the pointer runs over it, then what the clip shows
// there.
import { type PointerEvent, useState } from "react";
import { digestIn, stripFor, tilesBetween } from "@/engine/filmstrip";
import { usePreview } from "@/lib/hooks/usePreview";

interface ThumbProps {
  url: string | null;
  assetUrl: string | null;
  seconds: number | null;
}

export function Thumb({ url, assetUrl, seconds }: ThumbProps) {
  const [share, setShare] = useState<number | null>(null);
  const skim = (event: PointerEvent) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    setShare(Math.max(0, Math.min(1, (event.clientX - left) / Math.max(1, width))));
  };
  return (
    <span
      className="absolute inset-0 block overflow-hidden bg-black"
      onPointerMove={skim}
      onPointerLeave={() => setShare(null)}
    >
      {url && (
        // Else the browser drags the picture itself, and the card stays where it is.
        <img src={url} alt="" loading="lazy" draggable={false} className="size-full object-cover" />
      )}
      {share !== null && seconds !== null && (
        <Skimmed digest={digestIn(assetUrl)} moment={share * seconds} share={share} />
      )}
    </span>
  );
}

/** One picture out of the filmstrip; asked for only once somebody skims. */
function Skimmed(props: { digest: string | null; moment: number; share: number }) {
  const { digest, moment, share } = props;
  const strips = usePreview(digest)?.filmstrips ?? [];
  const strip = stripFor(strips, 0);
  const [tile] = strip === null ? [] : tilesBetween(strip, 1, 0, 1, () => moment);
  if (tile === undefined) return null;
  const part = (at: number, of: number) => (of > 1 ? (at / (of - 1)) * 100 : 0);
  return (
    <>
      <span
        data-skim
        className="absolute inset-0"
        style={{
          backgroundImage: `url("${tile.url}")`,
          backgroundSize: `${tile.columns * 100}% ${tile.rows * 100}%`,
          backgroundPosition: `${part(tile.column, tile.columns)}% ${part(tile.row, tile.rows)}%`,
        }}
      />
      <span
        className="absolute inset-y-0 w-px bg-white/80"
        style={{ left: `${(share * 100).toFixed(1)}%` }}
      />
    </>
  );
}
