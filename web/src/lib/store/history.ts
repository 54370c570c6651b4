// What can be undone and redone in this window, by operations that take others back. Survives a
// reload; what jobs do never enters it.
import { delMany, entries, get, set } from "idb-keyval";
import { create } from "zustand";
import type { Change } from "@/engine/operations";
import { debounce } from "../debounce";
import { CLIENT } from "../ids";
import { otherWindows } from "../windows";

/** One step. inverse: what takes it back. */
export interface Step {
  /** Of the operations that did it. */
  id: string;
  label: string;
  inverse: readonly Change[];
  /** Steps of the same key, soon after each other, are one: typing. */
  key?: string;
  /** When it was last added to, ms. */
  at: number;
}

const MOST_STEPS = 1_000;
/** Typing that goes on within this many ms goes on with its step. */
const PAUSE_MS = 1_500;

interface Stacks {
  /** The last one is undone first. */
  done: readonly Step[];
  undone: readonly Step[];
}
interface HistoryState extends Stacks {
  canUndo: boolean;
  canRedo: boolean;
  /** Such as "move of 3 segments"; null where there is nothing to undo. */
  undoLabel: string | null;
  redoLabel: string | null;
}

const NOTHING: Stacks = { done: [], undone: [] };

export const useHistory = create<HistoryState>(() => described(NOTHING));

function described({ done, undone }: Stacks): HistoryState {
  const [undo, redo] = [done.at(-1), undone.at(-1)];
  return {
    done,
    undone,
    canUndo: undo !== undefined,
    canRedo: redo !== undefined,
    undoLabel: undo?.label ?? null,
    redoLabel: redo?.label ?? null,
  };
}

function put(stacks: Stacks, keep: () => void = () => void keepHistory()): void {
  useHistory.setState(described(stacks));
  keep(); // at once: a page that is left waits for nothing
}

/** Whether a step with this key would go on with the last one. */
export function isGoingOn(key: string | undefined, now: number): boolean {
  const last = useHistory.getState().done.at(-1);
  return key !== undefined && last?.key === key && now - last.at < PAUSE_MS;
}

/** The id of the step that would be undone next. */
export const lastStep = (): string | undefined => useHistory.getState().done.at(-1)?.id;

/** Notes a step; what was undone before can no longer be redone. */
export function note(step: Step): void {
  put({ done: [...useHistory.getState().done, step].slice(-MOST_STEPS), undone: [] });
}

/** Notes that the last step went on: `changed` makes its inverse anew. */
export function goOn(now: number, changed: (step: Step) => readonly Change[]): void {
  const { done } = useHistory.getState();
  const last = done.at(-1);
  if (last === undefined) return;
  const longer = { ...last, inverse: changed(last), at: now };
  put({ done: [...done.slice(0, -1), longer], undone: [] }, keepSoon);
}

/** Takes a step from one stack and puts the step that reverts it onto the other. */
export function turn(way: "undo" | "redo", revert: (step: Step) => Step | null): void {
  const { done, undone } = useHistory.getState();
  const step = (way === "undo" ? done : undone).at(-1);
  if (step === undefined) return;
  const other = revert(step);
  const more = other === null ? [] : [other];
  put(
    way === "undo"
      ? { done: done.slice(0, -1), undone: [...undone, ...more] }
      : { done: [...done, ...more], undone: undone.slice(0, -1) },
  );
}

/** Lets go of a step that did not come about. */
export function dropStep(id: string): void {
  const { done, undone } = useHistory.getState();
  if (![...done, ...undone].some((step) => step.id === id)) return;
  const others = (steps: readonly Step[]) => steps.filter((step) => step.id !== id);
  put({ done: others(done), undone: others(undone) });
}

// --- keeping it over a reload ---

interface Kept extends Stacks {
  at: number;
}

let project: string | null = null;
const name = (id: string, client = CLIENT) => `history:${id}:${client}`;
const hasStore = () => typeof indexedDB !== "undefined";

const keepSoon = debounce(() => void keepHistory(), 300, 1000);

/** Writes the history down now. */
export async function keepHistory(): Promise<void> {
  keepSoon.cancel();
  if (project === null || !hasStore()) return;
  const { done, undone } = useHistory.getState();
  await set(name(project), { done, undone, at: Date.now() } satisfies Kept).catch(() => undefined);
}

/** Brings back the history of a project: this window's, or the newest one of those that are closed. */
export async function openHistory(id: string): Promise<void> {
  project = id;
  useHistory.setState(described(NOTHING));
  if (!hasStore()) return;
  const kept = await get<Kept>(name(id))
    .then((own) => own ?? newest(id))
    .catch(() => undefined);
  if (kept && project === id && useHistory.getState().done.length === 0) {
    useHistory.setState(described(kept));
  }
}

async function newest(id: string): Promise<Kept | undefined> {
  const open = [...(await otherWindows())].map((client) => name(id, client));
  const all = await entries<string, Kept>();
  const old = all.filter(([key]) => key.startsWith(name(id, "")) && !open.includes(key));
  old.sort(([, a], [, b]) => b.at - a.at);
  await delMany(old.slice(1).map(([key]) => key));
  return old[0]?.[1];
}

/** Leaves the project's history as it is written. */
export function closeHistory(): void {
  void keepHistory();
  project = null;
  useHistory.setState(described(NOTHING));
}
