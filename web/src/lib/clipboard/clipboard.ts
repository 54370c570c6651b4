// Cut, copy and paste of what is selected, segments or what lies beside them: within the app, and as
// JSON on the system's clipboard where the browser allows it.
import type { Segment } from "@/api/types";
import { homeOf, placesOf } from "@/engine/items";
import { addItem } from "../actions/addItem";
import { deleteItem } from "../actions/deleteItem";
import { deleteSegments } from "../actions/deleteSegments";
import { fitting, openFilm } from "../actions/fitting";
import { placeAt } from "../actions/insertSegments";
import { perform } from "../actions/perform";
import { segmentsOf } from "../actions/wording";
import type { Item, NewItem } from "../itemRequests";
import { openProject, useDocument } from "../store/document";
import { usePlayer } from "../store/player";
import { announce, selectedInOrder, selectMany, useSession } from "../store/session";
import { sayProblem } from "../toast";
import { arrival, asText, type Carried, fromText } from "./clips";
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
  const segments = chosenSegments();
  if (segments.length === 0) return null;
  announce(segments.length === 1 ? "Copied" : `${segments.length} segments copied`);
  return asText(openProject().id, segments, useDocument.getState().items);
}

function chosenSegments(): Segment[] {
  const wanted = new Set(selectedInOrder());
  return openProject().segments.filter(({ id }) => wanted.has(id));
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
  const item = selectedItem();
  const text = item === undefined ? cutSegments() : copySelection();
  if (item !== undefined) void deleteItem(item.id);
  held = text ?? held;
  return text;
}

function cutSegments(): string | null {
  const segments = chosenSegments();
  if (segments.length === 0) return null;
  const { items } = useDocument.getState();
  void deleteSegments(segments.map(({ id }) => id));
  return asText(openProject().id, segments, items, lastDeletion());
}

/** What was done just now cannot be confirmed yet. */
function lastDeletion(): string | null {
  const { pending } = useDocument.getState();
  const last = pending.findLast(({ operation }) => operation.type === "delete_segments");
  return last?.operation.id ?? null;
}

/**
 * Puts down what `text` holds, else what was copied last in this tab: segments after the selection,
 * anything else at the playhead.
 */
export function paste(text = ""): void {
  const meant = text.trim() === "" ? held : text;
  const item = looseFrom(meant);
  if (item !== null) return void putDown(item);
  const carried = fromText(meant);
  if (carried !== null) enterSegments(carried);
}

function enterSegments(carried: Carried): void {
  const { id, segments } = openProject();
  const { items } = useDocument.getState();
  const place = placeAt(placeAfterSelection());
  const { changes, ids } = arrival(carried, { id, segments, items }, place);
  const what = segmentsOf(ids.length);
  perform(`adding of ${what}`, changes);
  selectMany(ids);
  announce(`Added ${what}`);
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
