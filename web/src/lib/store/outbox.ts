// What is pending, written down in the browser: a window that is killed loses nothing that was done
// more than a moment before. Whoever opens the project next sends it; the server applies it once.
import { del, delMany, entries, set } from "idb-keyval";
import type { Operation } from "@/engine/operations";
import { debounce } from "../debounce";
import { CLIENT } from "../ids";
import { otherWindows } from "../windows";
import { useDocument } from "./document";

const hasStore = () => typeof indexedDB !== "undefined";
const name = (project: string, client = CLIENT) => `outbox:${project}:${client}`;

let written = 0;

/** Writes down what is pending, a moment later. */
export const keepSoon = debounce(() => void keepOutbox(), 120, 500);

/** Writes down what is pending now. */
export async function keepOutbox(): Promise<void> {
  keepSoon.cancel();
  const { base, pending } = useDocument.getState();
  if (base === null || !hasStore()) return;
  const unsaved = pending.filter(({ state }) => state !== "applied");
  const operations = unsaved.map(({ operation }) => operation);
  if (operations.length === 0 && written === 0) return;
  written = operations.length;
  const kept = operations.length > 0 ? set(name(base.id), operations) : del(name(base.id));
  await kept.catch(() => undefined);
}

/** What windows that are no longer there left unsent of a project. */
export interface Left {
  operations: Operation[];
  /** To be called once this window has written down what it took over. */
  forget: () => Promise<void>;
}

/** What was left of a project by this window before it was reloaded, and by others that are closed. */
export async function readOutbox(project: string): Promise<Left> {
  if (!hasStore()) return { operations: [], forget: async () => undefined };
  const open = [...(await otherWindows())].map((client) => name(project, client));
  const all = await entries<string, Operation[]>().catch(() => []);
  const prefix = name(project, "");
  const left = all.filter(([key]) => String(key).startsWith(prefix) && !open.includes(key));
  if (left.some(([key]) => key === name(project))) written = 1;
  const others = left.map(([key]) => key).filter((key) => key !== name(project));
  return {
    operations: left.flatMap(([, operations]) => operations),
    forget: () => delMany(others).catch(() => undefined),
  };
}
