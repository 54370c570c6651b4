// Taking segments out of the film, with what is tied to them; undo brings all of it back, takes and
// choices too, and nothing is generated again.
import { openProject } from "../store/document";
import { announce } from "../store/session";
import { offerUndo } from "./offerUndo";
import { perform } from "./perform";
import { segmentsOf } from "./wording";

export async function deleteSegments(ids: readonly string[]): Promise<void> {
  const wanted = new Set(ids);
  const going = openProject().segments.filter(({ id }) => wanted.has(id));
  const [first] = going;
  if (first === undefined) return;
  const segments = going.map(({ id }) => id);
  const label = `deletion of ${segmentsOf(going.length)}`;
  const step = perform(label, [{ type: "delete_segments", segments }]);
  const said =
    going.length === 1
      ? `Segment ${first.order_index + 1} deleted`
      : `${going.length} segments deleted`;
  announce(said);
  offerUndo(said, step);
}
