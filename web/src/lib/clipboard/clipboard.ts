// Cut, copy and paste of segments: within the app, and as JSON on the system's clipboard where the
// browser allows it.
import type { SegmentCreate } from "@/api/types";
import { deleteSegments } from "../actions/deleteSegments";
import { insertSegments } from "../actions/insertSegments";
import { openProject, useDocument } from "../store/document";
import { announce, selectedInOrder, selectMany, useSession } from "../store/session";
import { asText, bodyOf, fromText } from "./clips";

let held: readonly SegmentCreate[] = [];

export const hasClipboard = (): boolean => held.length > 0;

/** Copies the selected segments. Returns the text that stands for them; null where none is selected. */
export function copySelection(): string | null {
  const wanted = new Set(selectedInOrder());
  const segments = openProject().segments.filter(({ id }) => wanted.has(id));
  if (segments.length === 0) return null;
  held = segments.map(bodyOf);
  announce(segments.length === 1 ? "Copied" : `${segments.length} segments copied`);
  return asText(segments);
}

/** As `copySelection`, and takes them off the film. */
export function cutSelection(): string | null {
  const text = copySelection();
  if (text !== null) void deleteSegments(selectedInOrder());
  return text;
}

/** Puts segments after the selection: those in `text`, else what was copied last in this tab. */
export function paste(text = ""): void {
  const bodies = fromText(text) ?? (text.trim() === "" ? held : []);
  if (bodies.length > 0) selectMany(insertSegments(bodies, placeAfterSelection()));
}

function placeAfterSelection(): number {
  const { segments } = openProject();
  const { selectedId } = useSession.getState();
  const at = segments.findIndex(({ id }) => id === selectedId);
  return at < 0 ? segments.length : at + 1;
}

/** For commands that are not run by the browser's own keys: also puts the text on its clipboard. */
export function copyToSystem(): void {
  shareText(copySelection());
}

export function cutToSystem(): void {
  shareText(cutSelection());
}

/** A page that is not served securely has no clipboard; then what is held in this tab is all there is. */
function shareText(text: string | null): void {
  if (text !== null) navigator.clipboard?.writeText(text).catch(() => undefined);
}

export const canCopy = (): boolean =>
  useDocument.getState().project !== null && selectedInOrder().length > 0;
