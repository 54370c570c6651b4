// Reordering: by neighbours, so that it means the same whatever others do meanwhile.
import { placed } from "@/engine/operations";
import { sameOrder } from "@/engine/order";
import { openProject } from "../store/document";
import { announce } from "../store/session";
import { perform } from "./perform";
import { segmentsOf } from "./wording";

const order = (): string[] => openProject().segments.map((segment) => segment.id);

/** Moves segments together, in their present order, so that the first of them stands at `index` of
 * the result (0 is the first place). */
export async function moveSegments(ids: readonly string[], index: number): Promise<void> {
  const before = order();
  const segments = before.filter((id) => ids.includes(id));
  const rest = before.filter((id) => !segments.includes(id));
  const at = Math.max(0, Math.min(index, rest.length));
  const place = { after: rest[at - 1] ?? null, before: rest[at] ?? null };
  const after = placed(before, segments, place);
  if (segments.length === 0 || sameOrder(before, after)) return;
  const label = `move of ${segmentsOf(segments.length)}`;
  perform(label, [{ type: "move_segments", segments, ...place }]);
  announce(`Moved to position ${at + 1} of ${after.length}`);
}

/** Moves a segment to place `index` (0 is the first). */
export const moveSegmentTo = (id: string, index: number): Promise<void> =>
  moveSegments([id], index);
