// Moving segments to another model as it was worked out before: one step to undo, and nothing generated.
import type { Params } from "@/api/types";
import { segmentEdit } from "@/engine/edits";
import { announce } from "../store/session";
import { perform, shownDoc } from "./perform";
import { segmentsOf } from "./wording";

/** What a segment asks for at the other model. */
export interface ModelMove {
  id: string;
  params: Params;
}

/** What the server takes as one step. */
const MOST_AT_ONCE = 1_000;

/** `title` is what the model is called. Of more segments than fit into one step, several are made. */
export function moveToModel(title: string, moves: readonly ModelMove[]): void {
  const doc = shownDoc();
  const changes = moves.flatMap(({ id, params }) => {
    const change = segmentEdit(doc, id, { model_params: params });
    return change === null ? [] : [change];
  });
  for (let from = 0; from < changes.length; from += MOST_AT_ONCE) {
    perform(`move to ${title}`, changes.slice(from, from + MOST_AT_ONCE));
  }
  announce(`Moved ${segmentsOf(changes.length)} to ${title}`);
}
