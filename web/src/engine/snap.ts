// Snapping in px: what is dragged jumps to the nearest of the targets, however far the strip is zoomed.
// Pure.

export interface Snap {
  /** Where the thing ends up, in px. */
  x: number;
  /** The target it jumped to in px; null where none is near. */
  guide: number | null;
}

/** How near an edge must come, in px. */
export const SNAP_PX = 8;

/** Targets in order and without repetition, to be looked up by `nearest`. */
export const sortedTargets = (targets: Iterable<number>): Float64Array =>
  Float64Array.from(new Set(targets)).sort();

/** The target nearest to `x`; null where there is none. */
export function nearest(targets: Float64Array, x: number): number | null {
  let low = 0;
  let high = targets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((targets[middle] ?? 0) < x) low = middle + 1;
    else high = middle;
  }
  const [after, before] = [targets[low], targets[low - 1]];
  if (after === undefined) return before ?? null;
  return before !== undefined && x - before <= after - x ? before : after;
}

/**
 * Moves a thing to `x` so that one of its edges falls on a target within `reach` px. `edges`: px of the
 * edges from `x`, such as 0 and the width.
 */
export function snapTo(
  x: number,
  edges: readonly number[],
  targets: Float64Array,
  reach = SNAP_PX,
): Snap {
  let best: Snap = { x, guide: null };
  let least = reach;
  for (const edge of edges) {
    const target = nearest(targets, x + edge);
    if (target === null) continue;
    const distance = Math.abs(target - x - edge);
    if (distance > least || (distance === least && best.guide !== null)) continue;
    least = distance;
    best = { x: target - edge, guide: target };
  }
  return best;
}
