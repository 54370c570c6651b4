// Editing fields of a segment: shown at once, sent when typing pauses, kept when the server refuses.
import type { SegmentPatch } from "@/api/types";
import { segmentEdit } from "@/engine/edits";
import { without } from "@/engine/without";
import { changeDocument } from "../store/document";
import { perform, save, shownDoc, WHOLE } from "./perform";

const NAMES: Readonly<Record<string, string>> = {
  prompt: "prompt",
  model_params: "model settings",
  media: "footage",
  trim: "trim",
  transition: "transition",
  retime: "speed",
  framing: "framing",
  look: "look",
  sound: "sound",
};

/**
 * `part`: what is edited within the fields, such as a slider's name. Edits of the same part soon after each
 * other are one step; `WHOLE` is always one of its own.
 */
export function editSegment(id: string, patch: SegmentPatch, part: string | null = ""): void {
  const change = segmentEdit(shownDoc(), id, patch);
  if (change === null) return;
  changeDocument(({ fieldProblems }) => ({ fieldProblems: without(fieldProblems, id) }));
  const fields = Object.keys(patch).sort();
  const label = `edit of ${NAMES[fields[0] ?? ""] ?? "segment"}`;
  perform(label, [change], part === WHOLE ? {} : { key: `${id} ${fields.join(" ")} ${part}` });
}

/** Sends every edit that waits; called before anything relies on the server. */
export const saveEdits = save;
