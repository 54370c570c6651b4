// One text, picture, caption file or sound on its lane: chosen, moved and trimmed by pointer or keys.
import type { KeyboardEvent, PointerEvent, ReactNode } from "react";
import { timeToX } from "@/engine/clipLayout";
import { itemName } from "@/engine/items";
import { moment } from "@/engine/timecode";
import { changeItem, type ItemGrip } from "@/lib/actions/changeItem";
import { cn } from "@/lib/cn";
import type { PlacedItem } from "@/lib/hooks/usePlacedItems";
import { selectItem, useSession } from "@/lib/store/session";
import { CueMarks } from "./CueMarks";
import type { StripView } from "./geometry";
import { Waveform } from "./Waveform";

const MIN_BAR_PX = 10;
/** Narrower bars cannot be taken by their edges. */
const ROOM_FOR_EDGES_PX = 40;

export type StartBarDrag = (
  event: PointerEvent<HTMLElement>,
  placed: PlacedItem,
  grip: ItemGrip,
) => void;

interface BarProps {
  placed: PlacedItem;
  top: number;
  height: number;
  icon: ReactNode;
  view: StripView;
  from: number;
  to: number;
  startDrag: StartBarDrag;
}

export function Bar({ placed, top, height, icon, view, from, to, startDrag }: BarProps) {
  const { item, span, media } = placed;
  const { layout, fps } = view;
  const isSelected = useSession((state) => state.selectedItemId === item.id);
  const left = timeToX(layout, span.start);
  const width = Math.max(MIN_BAR_PX, timeToX(layout, span.end) - left);
  const name = itemName(item, media?.filename);
  const onKeyDown = (event: KeyboardEvent) => {
    const way = event.code === "ArrowLeft" ? -1 : event.code === "ArrowRight" ? 1 : 0;
    if (!event.altKey || way === 0) return;
    event.preventDefault();
    event.stopPropagation();
    changeItem(placed, "move", way * (event.shiftKey ? 1 : 1 / fps), view, "nudge");
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    if (item.kind === "caption" || event.pointerType === "touch") return;
    const grip = (event.target as Element).closest<HTMLElement>("[data-grip]")?.dataset.grip;
    startDrag(event, placed, (grip as ItemGrip | undefined) ?? "move");
  };
  return (
    <li>
      <button
        type="button"
        data-item={item.id}
        aria-label={`${name}, ${moment(span.start)} to ${moment(span.end)}`}
        aria-current={isSelected || undefined}
        onClick={() => selectItem(item.id)}
        onKeyDown={onKeyDown}
        onPointerDown={onPointerDown}
        className={cn(
          "group absolute flex cursor-default touch-pan-x items-center gap-1.5 overflow-hidden rounded-md border px-1.5 text-left text-2xs font-medium whitespace-nowrap [&>svg]:size-3 [&>svg]:shrink-0",
          item.kind === "audio"
            ? "items-start border-good/35 bg-good-soft pt-0.5 text-good"
            : "border-accent/35 bg-accent-soft text-accent",
          isSelected && "border-current shadow-[inset_0_0_0_1px_currentColor]",
          item.fields.muted === true && "opacity-50",
        )}
        style={{ left, width, top: top + 1, height: height - 2 }}
      >
        {item.kind === "caption" && <CueMarks placed={placed} layout={layout} left={left} />}
        {item.kind === "audio" && media && (
          <Waveform
            item={item}
            url={media.url}
            pxPerSecond={layout.pxPerSecond}
            from={Math.max(0, from - left)}
            to={Math.min(width, to - left)}
            height={height - 4}
          />
        )}
        {icon}
        <span dir="auto" className={cn("relative truncate", isSelected && "text-ink")}>
          {name}
        </span>
        {item.kind !== "caption" && width >= ROOM_FOR_EDGES_PX && <Edges />}
      </button>
    </li>
  );
}

function Edges() {
  return (["start", "end"] as const).map((edge) => (
    <span
      key={edge}
      aria-hidden
      data-grip={edge}
      className={cn(
        "absolute inset-y-0 w-3 cursor-ew-resize touch-none after:absolute after:inset-y-1 after:w-1 after:rounded-full after:bg-current after:opacity-0 group-hover:after:opacity-70",
        edge === "start" ? "left-0 after:left-0.5" : "right-0 after:right-0.5",
      )}
    />
  ));
}
