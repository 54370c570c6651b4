// Deleting a segment, with a way back: the memory knows its request, so nothing is generated again.
import { deleteSegment as requestDelete } from "@/api/segments";
import type { Segment } from "@/api/types";
import { neighbour } from "@/engine/order";
import { dropEdit } from "@/engine/overlay";
import { refreshProject } from "../refresh";
import { changeDocument, openProject } from "../store/document";
import { announce, useSession } from "../store/session";
import { write } from "../store/writes";
import { say, sayProblem } from "../toast";
import { addSegment } from "./addSegment";
import { moveSegmentTo } from "./moveSegment";

export async function deleteSegment(id: string): Promise<void> {
  const { segments } = openProject();
  const segment = segments.find((other) => other.id === id);
  if (segment === undefined) return;
  moveSelectionOff(id);
  try {
    await write((revision) => requestDelete(id, revision));
    changeDocument(({ base, edits }) => ({
      edits: dropEdit(edits, id),
      base: base && { ...base, segments: base.segments.filter((other) => other.id !== id) },
    }));
    const number = segment.order_index + 1;
    announce(`Segment ${number} deleted`);
    say(`Segment ${number} deleted`, { label: "Undo", run: () => void restore(segment) });
    refreshProject();
  } catch (error) {
    sayProblem("The segment was not deleted", error, () => void deleteSegment(id));
  }
}

function moveSelectionOff(id: string): void {
  const { selectedId } = useSession.getState();
  if (selectedId !== id) return;
  const ids = openProject().segments.map((segment) => segment.id);
  const next = neighbour(ids, id, 1);
  useSession.setState({ selectedId: next === id ? neighbour(ids, id, -1) : next });
}

async function restore({ order_index, prompt, model_params, media, trim }: Segment): Promise<void> {
  const content = media === null ? { prompt, model_params } : { media };
  try {
    const { id } = await addSegment({ ...content, ...(trim && { trim }) });
    await moveSegmentTo(id, order_index);
  } catch (error) {
    sayProblem("The segment could not be brought back", error);
  }
}
