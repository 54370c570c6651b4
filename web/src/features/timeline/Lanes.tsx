// Under the clips: texts, captions, images and sounds as bars, where they are on the film.
import { Captions, ImageIcon, Music, Type, Volume2, VolumeX } from "lucide-react";
import type { ReactNode } from "react";
import { timeToX, totalWidth } from "@/engine/clipLayout";
import { type ItemKind, KINDS, packRows } from "@/engine/items";
import type { PlacedItem } from "@/lib/hooks/usePlacedItems";
import { IconButton } from "@/ui/IconButton";
import { Bar } from "./Bar";
import { END_PX, type StripView } from "./geometry";
import { laneHeight, rowHeight } from "./laneRows";
import { setMuted } from "./setMuted";
import { TrackHead } from "./TrackHead";
import { useBarDrag } from "./useBarDrag";

const ICONS: Readonly<Record<ItemKind, ReactNode>> = {
  text: <Type aria-hidden />,
  caption: <Captions aria-hidden />,
  image: <ImageIcon aria-hidden />,
  audio: <Music aria-hidden />,
};

interface LanesProps {
  view: StripView;
  placed: readonly PlacedItem[];
  from: number;
  to: number;
}

export function Lanes(props: LanesProps) {
  return KINDS.map(({ kind, many }) => {
    const own = props.placed.filter(({ item }) => item.kind === kind);
    return own.length > 0 && <Lane key={kind} {...props} kind={kind} name={many} own={own} />;
  });
}

interface LaneProps extends LanesProps {
  kind: ItemKind;
  name: string;
  own: readonly PlacedItem[];
}

function Lane({ view, placed, own, kind, name, from, to }: LaneProps) {
  const { layout } = view;
  const startDrag = useBarDrag(view, placed);
  const rows = packRows(own.map(({ span }) => span));
  const height = rowHeight(kind);
  const isInSight = ({ span }: PlacedItem) =>
    timeToX(layout, span.end) >= from && timeToX(layout, span.start) <= to;
  return (
    <>
      <TrackHead icon={ICONS[kind]} name={name}>
        {kind === "audio" && <MuteAll sounds={own} />}
      </TrackHead>
      <ul
        aria-label={name}
        data-track={kind}
        className="relative mb-0.5 bg-field/70"
        style={{
          height: laneHeight(kind, own),
          width: totalWidth(layout) + END_PX,
        }}
      >
        {own.map(
          (one, index) =>
            isInSight(one) && (
              <Bar
                key={one.item.id}
                placed={one}
                top={(rows[index] ?? 0) * height}
                height={height}
                icon={ICONS[kind]}
                view={view}
                from={from}
                to={to}
                startDrag={startDrag}
              />
            ),
        )}
      </ul>
    </>
  );
}

function MuteAll({ sounds }: { sounds: readonly PlacedItem[] }) {
  const isMuted = sounds.every(({ item }) => item.fields.muted === true);
  return (
    <IconButton
      label={isMuted ? "Unmute all sounds" : "Mute all sounds"}
      isOn={isMuted}
      className="size-6"
      onClick={() => setMuted(sounds, !isMuted)}
    >
      {isMuted ? <VolumeX /> : <Volume2 />}
    </IconButton>
  );
}
