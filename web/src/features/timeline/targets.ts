// What things on the strip snap to: cuts, the playhead, edges of texts and sounds, in and out marks.
import { leftOf, timeToX } from "@/engine/clipLayout";
import { type Snap, snapTo, sortedTargets } from "@/engine/snap";
import type { PlacedItem } from "@/lib/hooks/usePlacedItems";
import type { DragPoint } from "@/lib/pointerDrag";
import { usePlayer } from "@/lib/store/player";
import { useSession } from "@/lib/store/session";
import type { StripView } from "./geometry";

interface What {
  items: readonly PlacedItem[];
  /** The item that is dragged; it does not snap to itself. */
  itemId?: string;
  /** The clip whose end is dragged: cuts after it move along. */
  lastCut?: number;
}

export function targetsOn(view: StripView, { items, itemId, lastCut }: What): Float64Array {
  const { layout, segments } = view;
  const cuts = Array.from({ length: (lastCut ?? segments.length) + 1 }, (_, at) =>
    leftOf(layout, at),
  );
  const edges = items
    .filter(({ item }) => item.id !== itemId)
    .flatMap(({ span }) => [timeToX(layout, span.start), timeToX(layout, span.end)]);
  return sortedTargets([...cuts, ...edges, ...marks().map((time) => timeToX(layout, time))]);
}

function marks(): number[] {
  const { time, ...rest } = usePlayer.getState();
  const { markIn = null, markOut = null } = rest as {
    markIn?: number | null;
    markOut?: number | null;
  };
  return [time, markIn, markOut].filter((one) => one !== null);
}

/** Snaps while snapping is on and no key says otherwise. See `snapTo`. */
export function snapUnlessFree(
  x: number,
  edges: readonly number[],
  targets: Float64Array,
  point: DragPoint,
): Snap {
  if (point.isFree || !useSession.getState().isSnapping) return { x, guide: null };
  return snapTo(x, edges, targets);
}
