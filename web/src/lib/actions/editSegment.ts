// Editing fields of a segment: shown at once, sent when typing pauses, kept when the server refuses.
import type { SegmentPatch } from "@/api/types";
import { segmentEdit } from "@/engine/edits";
import { dropEdit } from "@/engine/overlay";
import { changeDocument } from "../store/document";
import { perform, save, shownDoc } from "./perform";

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

/** `part`: what is edited within the fields; an edit of another part is a step of its own. */
export function editSegment(id: string, patch: SegmentPatch, part = ""): void {
  const change = segmentEdit(shownDoc(), id, patch);
  if (change === null) return;
  changeDocument(({ fieldProblems }) => ({ fieldProblems: dropEdit(fieldProblems, id) }));
  const fields = Object.keys(patch).sort();
  perform(`edit of ${NAMES[fields[0] ?? ""] ?? "segment"}`, [change], {
    key: `${id} ${fields.join(" ")} ${part}`,
  });
}

/** Sends every edit that waits; called before anything relies on the server. */
export const saveEdits = save;
