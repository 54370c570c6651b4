// Reordering: shown at once, confirmed or taken back by the server.
import { reorderSegments } from "@/api/segments";
import { moveBy, moveTo, sameOrder } from "@/engine/order";
import { refreshPlan } from "../refresh";
import { adopt, changeDocument, openProject } from "../store/document";
import { announce } from "../store/session";
import { write } from "../store/writes";
import { sayProblem } from "../toast";

const order = (): string[] => openProject().segments.map((segment) => segment.id);

/** Moves a segment to place `index` (0 is the first). */
export const moveSegmentTo = (id: string, index: number): Promise<void> =>
  reorder(id, moveTo(order(), id, index));

/** Moves a segment by `delta` places. */
export const moveSegmentBy = (id: string, delta: number): Promise<void> =>
  reorder(id, moveBy(order(), id, delta));

async function reorder(id: string, next: string[]): Promise<void> {
  if (sameOrder(order(), next)) return;
  const project = openProject();
  changeDocument(() => ({ order: next }));
  announce(`Moved to position ${next.indexOf(id) + 1} of ${next.length}`);
  try {
    const saved = await write((revision) => reorderSegments(project.id, next, revision));
    adopt(saved);
    changeDocument((state) => (state.order === next ? { order: null } : {}));
    refreshPlan();
  } catch (error) {
    changeDocument((state) => (state.order === next ? { order: null } : {}));
    sayProblem("The order was not saved", error);
  }
}
