// Editing a segment: shown at once, sent when typing pauses, kept when the server refuses.
import { asProblem } from "@/api/problem";
import { updateSegment } from "@/api/segments";
import type { Segment, SegmentPatch } from "@/api/types";
import { addEdit, dropEdit } from "@/engine/overlay";
import { debounce } from "../debounce";
import { refreshPlan } from "../refresh";
import { changeDocument, useDocument } from "../store/document";
import { write } from "../store/writes";
import { sayProblem } from "../toast";
import { sendItemEdits } from "./sendItem";

export const AUTOSAVE_MS = 400;

/** Saves once typing has paused. */
export const saveSoon = debounce(() => void saveEdits(), AUTOSAVE_MS);

export function editSegment(id: string, patch: SegmentPatch): void {
  changeDocument(({ edits, fieldProblems }) => ({
    edits: addEdit(edits, id, patch),
    fieldProblems: dropEdit(fieldProblems, id),
    save: "waiting",
  }));
  saveSoon();
}

/** Sends every edit that waits; called when typing pauses and before anything relies on the server. */
export async function saveEdits(): Promise<void> {
  saveSoon.cancel();
  const { edits } = useDocument.getState();
  await Promise.all([...Object.keys(edits).map(sendEdit), sendItemEdits(() => void saveEdits())]);
}

async function sendEdit(id: string): Promise<void> {
  const patch = useDocument.getState().edits[id];
  if (patch === undefined) return;
  changeDocument(({ edits, sending }) => ({
    edits: dropEdit(edits, id),
    sending: addEdit(sending, id, patch),
  }));
  try {
    confirm(id, await write((revision) => updateSegment(id, patch, revision)));
    refreshPlan();
  } catch (error) {
    putBack(id, patch, error);
  }
}

function confirm(id: string, saved: Segment): void {
  changeDocument(({ base, sending }) => ({
    sending: dropEdit(sending, id),
    base: base && {
      ...base,
      segments: base.segments.map((old) => (old.id === id ? { ...old, ...saved } : old)),
    },
  }));
}

function putBack(id: string, patch: SegmentPatch, error: unknown): void {
  const problem = asProblem(error);
  const isGone = problem.status === 404;
  changeDocument(({ edits, sending, fieldProblems }) => ({
    sending: dropEdit(sending, id),
    edits: isGone ? edits : { ...edits, [id]: { ...patch, ...edits[id] } },
    fieldProblems: { ...fieldProblems, [id]: problem.fields },
  }));
  if (problem.fields.length === 0) {
    sayProblem(
      isGone ? "This segment was deleted elsewhere" : "Not saved",
      error,
      () => void saveEdits(),
    );
  }
}
