// Duplicating a segment; the copy asks for the same thing, so nothing is generated for it.
import { duplicateSegment as requestDuplicate } from "@/api/segments";
import { refreshPlan } from "../refresh";
import { announce, select } from "../store/session";
import { reload, write } from "../store/writes";
import { sayProblem } from "../toast";
import { saveEdits } from "./editSegment";

export async function duplicateSegment(id: string): Promise<void> {
  try {
    await saveEdits();
    const copy = await write((revision) => requestDuplicate(id, revision));
    await reload();
    select(copy.id);
    announce(`Copied to segment ${copy.order_index + 1}`);
    refreshPlan();
  } catch (error) {
    sayProblem("The segment was not duplicated", error, () => void duplicateSegment(id));
  }
}
