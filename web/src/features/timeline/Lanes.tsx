// Under the clips: texts, captions, images and sounds as bars, where they are on the film.
import { Captions, ImageIcon, Music, Type } from "lucide-react";
import type { KeyboardEvent, ReactNode } from "react";
import { type ClipLayout, timeToX, xToTime } from "@/engine/clipLayout";
import { cuesIn } from "@/engine/cues";
import { framesPerSecond } from "@/engine/frameRate";
import {
  homeOf,
  type ItemKind,
  itemName,
  KINDS,
  movedFields,
  packRows,
  placesOf,
  wordsIn,
} from "@/engine/items";
import { moment } from "@/engine/timecode";
import { editItem } from "@/lib/actions/items";
import { cn } from "@/lib/cn";
import { useFilmLayout } from "@/lib/hooks/useFilmLayout";
import { type PlacedItem, usePlacedItems } from "@/lib/hooks/usePlacedItems";
import { useProject } from "@/lib/store/document";
import { announce, selectItem, useSession } from "@/lib/store/session";
import { useBarDrag } from "./useBarDrag";

const ROW_PX = 24;
const MIN_BAR_PX = 10;
/** Bars are drawn this far outside the window. */
const MARGIN_PX = 400;

const ICONS: Readonly<Record<ItemKind, ReactNode>> = {
  text: <Type aria-hidden />,
  caption: <Captions aria-hidden />,
  image: <ImageIcon aria-hidden />,
  audio: <Music aria-hidden />,
};

interface LanesProps {
  layout: ClipLayout;
  /** Part of the strip that is in sight, in px. */
  scrollLeft: number;
  width: number;
}

export function Lanes({ layout, scrollLeft, width }: LanesProps) {
  const placed = usePlacedItems();
  if (placed.length === 0) return null;
  const [from, to] = [scrollLeft - MARGIN_PX, scrollLeft + width + MARGIN_PX];
  const isInSight = ({ span }: PlacedItem) =>
    timeToX(layout, span.end) >= from && timeToX(layout, span.start) <= to;
  return (
    <section aria-label="Text and sound" className="flex shrink-0 flex-col gap-0.5 pt-1.5">
      {KINDS.map(({ kind, many }) => {
        const own = placed.filter(({ item }) => item.kind === kind);
        const rows = packRows(own.map(({ span }) => span));
        const count = Math.max(0, ...rows.map((row) => row + 1));
        return (
          count > 0 && (
            <ul
              key={kind}
              aria-label={many}
              className="relative rounded-md bg-field/70"
              style={{ height: count * ROW_PX }}
            >
              {own.map(
                (one, index) =>
                  isInSight(one) && (
                    <Bar key={one.item.id} placed={one} row={rows[index] ?? 0} layout={layout} />
                  ),
              )}
            </ul>
          )
        );
      })}
    </section>
  );
}

interface BarProps {
  placed: PlacedItem;
  row: number;
  layout: ClipLayout;
}

function Bar({ placed, row, layout }: BarProps) {
  const { item, span, media } = placed;
  const isSelected = useSession((state) => state.selectedItemId === item.id);
  const move = useMoveItem(placed);
  const left = timeToX(layout, span.start);
  const right = Math.max(left + MIN_BAR_PX, timeToX(layout, span.end));
  const startDrag = useBarDrag((px) => move(xToTime(layout, left + px) - span.start));
  const { settings } = useProject();
  const name = itemName(item, media?.filename);
  const onKeyDown = (event: KeyboardEvent) => {
    const way = event.code === "ArrowLeft" ? -1 : event.code === "ArrowRight" ? 1 : 0;
    if (!event.altKey || way === 0) return;
    event.preventDefault();
    event.stopPropagation();
    move(way * (event.shiftKey ? 1 : 1 / framesPerSecond(settings.fps)));
  };
  return (
    <li>
      <button
        type="button"
        aria-label={`${name}, ${moment(span.start)} to ${moment(span.end)}`}
        aria-current={isSelected || undefined}
        onClick={() => selectItem(item.id)}
        onKeyDown={onKeyDown}
        onPointerDown={item.kind === "caption" ? undefined : startDrag}
        className={cn(
          "absolute flex h-[22px] touch-pan-x items-center gap-1.5 overflow-hidden rounded-md border px-1.5 text-left text-2xs font-medium whitespace-nowrap [&>svg]:size-3 [&>svg]:shrink-0",
          item.kind === "audio"
            ? "border-good/35 bg-good-soft text-good"
            : "border-accent/35 bg-accent-soft text-accent",
          isSelected && "border-current shadow-[inset_0_0_0_1px_currentColor]",
          item.fields.muted === true && "opacity-50",
        )}
        style={{ left, width: right - left, top: row * ROW_PX + 1 }}
      >
        {item.kind === "caption" && <CueMarks placed={placed} layout={layout} left={left} />}
        {ICONS[item.kind]}
        <span className="relative truncate">{name}</span>
      </button>
    </li>
  );
}

/** Moves the item by seconds, in whole frames. */
function useMoveItem({ item }: PlacedItem): (seconds: number) => void {
  const { segments, settings } = useProject();
  const film = useFilmLayout();
  const fps = framesPerSecond(settings.fps);
  return (seconds) => {
    const home = homeOf(item.segment, film, placesOf(segments));
    const fields = movedFields(item, Math.round(seconds * fps) / fps, home.seconds);
    if (fields === null) return;
    editItem(item.id, { fields });
    announce(`Starts at ${fields.start} seconds`);
  };
}

/** When each caption is shown. */
function CueMarks({
  placed,
  layout,
  left,
}: {
  placed: PlacedItem;
  layout: ClipLayout;
  left: number;
}) {
  const cues = cuesIn(wordsIn(placed.item.fields, "captions")).slice(0, 2000);
  return cues.map((cue) => {
    const from = timeToX(layout, cue.start);
    return (
      <span
        key={`${cue.start}-${cue.text}`}
        aria-hidden
        className="absolute inset-y-0 bg-accent/15"
        style={{ left: from - left, width: Math.max(1, timeToX(layout, cue.end) - from - 1) }}
      />
    );
  });
}
