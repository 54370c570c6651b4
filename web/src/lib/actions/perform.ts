// The one way in which the open project changes: operations that show at once, can be undone, and are
// sent.
import { bothEdits, targetOf } from "@/engine/edits";
import { inverseOf } from "@/engine/inverse";
import { applyOperation, type Change, type Doc, type Operation } from "@/engine/operations";
import { debounce } from "../debounce";
import { newId } from "../ids";
import { refreshPlan } from "../refresh";
import { changeDocument, type Pending, useDocument } from "../store/document";
import { goOn, isGoingOn, lastStep, note } from "../store/history";
import { keepSoon } from "../store/outbox";
import { flush } from "../store/writes";

const AUTOSAVE_MS = 400;

/** Sends once typing has paused. */
const saveSoon = debounce(() => void save(), AUTOSAVE_MS);

/** Sends all that waits, and what was refused once more. */
export async function save(): Promise<void> {
  saveSoon.cancel();
  await flush();
  refreshPlan();
}

/** What a gesture, a key or a switch edits: a step of its own, however soon after the one before. */
export const WHOLE = null;

export interface How {
  /** Edits of the same key, soon after each other, are one step: typing. They are sent when it pauses. */
  key?: string;
}

/** What is to be undone together: see `transact`. */
interface Together {
  step: string;
  label: string;
  inverse: Change[];
}
let together: Together | null = null;

/** Everything that `run` does is one step of the history and is applied together or not at all. */
export function transact<T>(label: string, run: () => T): T {
  if (together !== null) return run();
  together = { step: newId(), label, inverse: [] };
  try {
    return run();
  } finally {
    const { step, inverse } = together;
    together = null;
    if (inverse.length > 0) {
      note({ id: step, label, inverse, at: Date.now() });
      void save();
    }
  }
}

/** Does it; returns the id of the step that it belongs to. */
export function perform(label: string, changes: readonly Change[], { key }: How = {}): string {
  const now = Date.now();
  if (together === null && changes.length === 1 && key !== undefined) {
    const [change] = changes as [Change];
    return isGoingOn(key, now) ? typeOn(change, now) : typeFirst(label, change, key, now);
  }
  const step = together?.step ?? newId();
  const inverse = enter(step, changes);
  if (together !== null) together.inverse.unshift(...inverse);
  else {
    note({ id: step, label, inverse, at: now });
    void save();
  }
  return step;
}

/** Puts changes into the document as one step, and returns what takes them back. */
export function enter(step: string, changes: readonly Change[]): Change[] {
  const operations = changes.map((change): Operation => ({ ...change, id: newId(), step }));
  const inverse = undoOf(operations);
  // What was refused is put right, not built upon. The rest is shown at once: many are one picture.
  const fresh = operations.filter((one) => !isHeld(one) || !mergedIntoPending(one));
  if (fresh.length > 0) append(fresh.map((operation) => ({ operation, state: "waiting" })));
  return inverse;
}

/** What takes operations back, the last one first. */
function undoOf(operations: readonly Operation[]): Change[] {
  let doc: Doc = shownDoc();
  const inverse: Change[] = [];
  for (const operation of operations) {
    inverse.unshift(...inverseOf(doc, operation));
    doc = applyOperation(doc, operation);
  }
  return inverse;
}

export function shownDoc(): Doc {
  const { project, items } = useDocument.getState();
  if (project === null) throw new Error("no project is open");
  return { project, items };
}

function append(more: readonly Pending[]): void {
  changeDocument(({ pending }) => ({ pending: [...pending, ...more], save: "waiting" }));
  keepSoon();
}

// --- typing ---

function typeFirst(label: string, change: Change, key: string, now: number): string {
  const step = newId();
  const inverse = undoOf([{ ...change, id: "", step }]);
  const isPutRight = isHeld(change) && mergedIntoPending(change);
  if (!isPutRight) append([{ operation: { ...change, id: newId(), step }, state: "waiting" }]);
  note({ id: step, label, inverse, key, at: now });
  saveSoon();
  return step;
}

/** The step goes on: taking it back leads to where it began, from what it says now. */
function typeOn(change: Change, now: number): string {
  const step = lastStep() ?? newId();
  if (!mergedIntoPending(change)) {
    append([{ operation: { ...change, id: newId(), step }, state: "waiting" }]);
  }
  goOn(now, ({ inverse }) => inverse.map((one) => goneOn(one, change)));
  saveSoon();
  return step;
}

/** The inverse of an edit that went on: it meets the newer values. */
function goneOn(inverse: Change, change: Change): Change {
  if (inverse.type === "edit_segment" && change.type === "edit_segment") {
    return {
      ...inverse,
      set: { ...change.was, ...inverse.set },
      was: { ...inverse.was, ...change.set },
    };
  }
  if (inverse.type === "edit_item" && change.type === "edit_item") {
    const both = bothEdits({ ...change, set: inverse.was, was: inverse.set }, change);
    return { ...inverse, set: both.was, was: both.set };
  }
  return inverse;
}

/** An edit that is not on its way yet takes the newer values along. */
function mergedIntoPending(change: Change): boolean {
  const { pending } = useDocument.getState();
  const target = targetOf(change);
  const at = pending.findLastIndex(({ operation }) => targetOf(operation) === target);
  const one = pending[at];
  if (one === undefined || !isOpen(one, pending.slice(at + 1))) return false;
  const operation = bothEdits(one.operation, change);
  changeDocument(() => ({
    pending: pending.with(at, { operation, state: "waiting" }),
    save: "waiting",
  }));
  keepSoon();
  return true;
}

/** What may have reached the server stays as it is, and so does what later operations build on. */
function isOpen({ state, isAgain }: Pending, later: readonly Pending[]): boolean {
  if (state === "held") return true;
  const isLast = later.every(({ operation }) => targetOf(operation) !== null);
  return state === "waiting" && isAgain !== true && isLast;
}

const isHeld = (change: Change): boolean =>
  targetOf(change) !== null &&
  useDocument
    .getState()
    .pending.some(
      ({ operation, state }) => state === "held" && targetOf(operation) === targetOf(change),
    );
