// Deleting a segment, with a way back: the memory knows its request, so nothing is generated again.
import { deleteSegment as requestDelete } from "@/api/segments";
import type { Segment, SegmentCreate } from "@/api/types";
import { neighbour } from "@/engine/order";
import { dropEdit } from "@/engine/overlay";
import { createItem, type Item } from "../itemRequests";
import { refreshProject } from "../refresh";
import { changeDocument, openProject, useDocument } from "../store/document";
import { announce, useSession } from "../store/session";
import { write } from "../store/writes";
import { say, sayProblem } from "../toast";
import { addSegment } from "./addSegment";
import { contentOf } from "./itemContent";
import { moveSegmentTo } from "./moveSegment";

export async function deleteSegment(id: string): Promise<void> {
  const { segments } = openProject();
  const segment = segments.find((other) => other.id === id);
  if (segment === undefined) return;
  const tied = useDocument.getState().items.filter((item) => item.segment === id);
  moveSelectionOff(id);
  try {
    await write((revision) => requestDelete(id, revision));
    changeDocument(({ base, baseItems, edits }) => ({
      edits: dropEdit(edits, id),
      base: base && { ...base, segments: base.segments.filter((other) => other.id !== id) },
      baseItems: baseItems.filter((item) => item.segment !== id),
    }));
    const number = segment.order_index + 1;
    announce(`Segment ${number} deleted`);
    say(`Segment ${number} deleted`, { label: "Undo", run: () => void restore(segment, tied) });
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

/** What was tied to the segment went with it, and comes back with it. */
async function restore(segment: Segment, tied: readonly Item[]): Promise<void> {
  try {
    const { id, project_id } = await addSegment(bodyOf(segment));
    for (const item of tied) {
      const body = contentOf(item, id);
      await write((revision) => createItem(project_id, body, revision));
    }
    await moveSegmentTo(id, segment.order_index);
    refreshProject();
  } catch (error) {
    sayProblem("The segment could not be brought back", error);
  }
}

function bodyOf(segment: Segment): SegmentCreate {
  const { prompt, model_params, media, trim, transition, retime, framing, look, sound } = segment;
  const content = media === null ? { prompt, model_params } : { media };
  return { ...content, trim, transition, retime, framing, look, sound };
}
