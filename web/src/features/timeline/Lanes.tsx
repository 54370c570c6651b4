// Under the clips: texts, captions, images and sounds as bars, where they are on the film.
import { Captions, ImageIcon, Music, Type, Volume2, VolumeX } from "lucide-react";
import { type MouseEvent, type ReactNode, useState } from "react";
import { timeToX, totalWidth } from "@/engine/clipLayout";
import { type ItemKind, KINDS, packRows } from "@/engine/items";
import { muteSounds } from "@/lib/actions/muteSounds";
import type { PlacedItem } from "@/lib/hooks/usePlacedItems";
import type { Item } from "@/lib/itemRequests";
import { selectItem } from "@/lib/store/session";
import { IconButton } from "@/ui/IconButton";
import { type MenuItem, RightClickMenu } from "@/ui/Menu";
import { Bar } from "./Bar";
import { END_PX, type StripView } from "./geometry";
import { laneHeight, rowHeight } from "./laneRows";
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
  menuOf: (item: Item) => MenuItem[];
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

function Lane({ view, placed, own, kind, name, from, to, menuOf }: LaneProps) {
  const [menuId, setMenuId] = useState<string | null>(null);
  const chosen = own.find(({ item }) => item.id === menuId);
  const { layout } = view;
  const startDrag = useBarDrag(view, placed);
  const rows = packRows(own.map(({ span }) => span));
  const height = rowHeight(kind);
  const isInSight = ({ span }: PlacedItem) =>
    timeToX(layout, span.end) >= from && timeToX(layout, span.start) <= to;
  const onContextMenu = (event: MouseEvent) => {
    const bar = (event.target as Element).closest<HTMLElement>("[data-item]");
    // The lane itself has no menu, nor has the page: there the browser's own would open.
    if (bar === null) return event.preventDefault();
    selectItem(bar.dataset.item ?? null);
    setMenuId(bar.dataset.item ?? null);
  };
  return (
    <>
      <TrackHead icon={ICONS[kind]} name={name}>
        {kind === "audio" && <MuteAll sounds={own} />}
      </TrackHead>
      <RightClickMenu items={chosen ? menuOf(chosen.item) : []}>
        <ul
          aria-label={name}
          data-track={kind}
          onContextMenu={onContextMenu}
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
      </RightClickMenu>
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
      onClick={() =>
        muteSounds(
          sounds.map(({ item }) => item),
          !isMuted,
        )
      }
    >
      {isMuted ? <VolumeX /> : <Volume2 />}
    </IconButton>
  );
}
