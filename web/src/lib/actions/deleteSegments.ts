// Taking segments out of the film, with what is tied to them; undo brings all of it back, takes and
// choices too, and nothing is generated again.
import { neighbour } from "@/engine/order";
import { openProject } from "../store/document";
import { announce, select, useSession } from "../store/session";
import { say } from "../toast";
import { perform } from "./perform";
import { undo } from "./undo";
import { segmentsOf } from "./wording";

export async function deleteSegments(ids: readonly string[]): Promise<void> {
  const all = openProject().segments;
  const wanted = new Set(ids);
  const going = all.filter(({ id }) => wanted.has(id));
  const [first] = going;
  if (first === undefined) return;
  moveSelectionOff(
    all.map(({ id }) => id),
    wanted,
  );
  const segments = going.map(({ id }) => id);
  perform(`deletion of ${segmentsOf(going.length)}`, [{ type: "delete_segments", segments }]);
  const said =
    going.length === 1
      ? `Segment ${first.order_index + 1} deleted`
      : `${going.length} segments deleted`;
  announce(said);
  say(said, { label: "Undo", run: undo });
}

function moveSelectionOff(order: readonly string[], going: ReadonlySet<string>): void {
  const { selectedId } = useSession.getState();
  if (selectedId === null || !going.has(selectedId)) return;
  const staying = order.filter((id) => id === selectedId || !going.has(id));
  const next = neighbour(staying, selectedId, 1);
  const other = next === selectedId ? neighbour(staying, selectedId, -1) : next;
  select(other === selectedId ? null : other);
}
