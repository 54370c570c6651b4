// Cut, copy and paste of what is selected, segments or what lies beside them: within the app, and as
// JSON on the system's clipboard where the browser allows it.
import { homeOf, placesOf } from "@/engine/items";
import { addItem } from "../actions/addItem";
import { deleteItem } from "../actions/deleteItem";
import { deleteSegments } from "../actions/deleteSegments";
import { fitting, openFilm } from "../actions/fitting";
import { insertSegments } from "../actions/insertSegments";
import type { Item, NewItem } from "../itemRequests";
import { openProject, useDocument } from "../store/document";
import { usePlayer } from "../store/player";
import { announce, selectedInOrder, selectMany, useSession } from "../store/session";
import { sayProblem } from "../toast";
import { asText, fromText } from "./clips";
import { begunAt, looseBody, looseFrom, looseText } from "./loose";

/** What was copied last in this tab, as text. */
let held = "";

export const hasClipboard = (): boolean => held !== "";

/** Copies what is selected. Returns the text that stands for it; null where nothing is. */
export function copySelection(): string | null {
  const item = selectedItem();
  const text = item === undefined ? copiedSegments() : copiedItem(item);
  held = text ?? held;
  return text;
}

function copiedSegments(): string | null {
  const wanted = new Set(selectedInOrder());
  const segments = openProject().segments.filter(({ id }) => wanted.has(id));
  if (segments.length === 0) return null;
  announce(segments.length === 1 ? "Copied" : `${segments.length} segments copied`);
  return asText(segments);
}

function copiedItem(item: Item): string {
  const home = homeOf(item.segment, openFilm(), placesOf(openProject().segments));
  announce("Copied");
  return looseText(looseBody(item, home.seconds));
}

const selectedItem = (): Item | undefined => {
  const { selectedItemId } = useSession.getState();
  return useDocument.getState().items.find(({ id }) => id === selectedItemId);
};

/** As `copySelection`, and takes it off the film. */
export function cutSelection(): string | null {
  const text = copySelection();
  const item = selectedItem();
  if (item !== undefined) void deleteItem(item.id);
  else if (text !== null) void deleteSegments(selectedInOrder());
  return text;
}

/**
 * Puts down what `text` holds, else what was copied last in this tab: segments after the selection,
 * anything else at the playhead.
 */
export function paste(text = ""): void {
  const meant = text.trim() === "" ? held : text;
  const item = looseFrom(meant);
  if (item !== null) return void putDown(item);
  const bodies = fromText(meant) ?? [];
  if (bodies.length > 0) selectMany(insertSegments(bodies, placeAfterSelection()));
}

async function putDown(item: NewItem): Promise<void> {
  try {
    await addItem(begunAt(item, fitting(usePlayer.getState().time)));
  } catch (error) {
    sayProblem("It was not added", error);
  }
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
  useDocument.getState().project !== null &&
  (selectedItem() !== undefined || selectedInOrder().length > 0);
