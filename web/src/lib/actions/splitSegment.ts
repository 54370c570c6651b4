// Splitting a segment in two at a moment of its clip: the same clip, trimmed twice; nothing is
// generated.

import { segmentEdit } from "@/engine/edits";
import { contentOf } from "@/engine/inverse";
import { newId } from "../ids";
import { openProject } from "../store/document";
import { announce } from "../store/session";
import { enterSegments } from "./insertSegments";
import { perform, shownDoc, transact } from "./perform";

const SHORTEST = 0.04;

/** `clipSeconds`: seconds of the clip itself, before its trim. Returns the id of the second half;
 * null where one of the halves would be empty. */
export function splitSegment(id: string, clipSeconds: number): string | null {
  const all = openProject().segments;
  const segment = all.find((one) => one.id === id);
  if (segment === undefined) return null;
  const start = segment.trim?.start ?? 0;
  const end = segment.trim?.end ?? segment.duration_seconds;
  const at = Number(clipSeconds.toFixed(3));
  if (at - start < SHORTEST || (end !== null && end - at < SHORTEST)) return null;
  const isReversed = segment.retime?.reverse === true;
  const early = { start, end: at };
  const late = { start: at, end: segment.trim?.end ?? null };
  const [first, second] = isReversed ? [late, early] : [early, late];
  const half = { ...contentOf(segment), id: newId(), copies: id, trim: second };
  transact("split", () => {
    // The transition into the next segment leaves from the second half.
    const change = segmentEdit(shownDoc(), id, { trim: first, transition: null });
    if (change !== null) perform("split", [change]);
    const next = all[all.indexOf(segment) + 1]?.id ?? null;
    enterSegments([half], { after: id, before: next }, "split");
  });
  announce("Split in two");
  return half.id;
}
