// What is pending, written down in the browser: a window that is killed loses nothing that was done
// more than a moment before. Whoever opens the project next sends it; the server applies it once.
import type { Operation } from "@/engine/operations";
import { debounce } from "../debounce";
import { useDocument } from "./document";
import { type Left, Shelf } from "./shelf";

const shelf = new Shelf<Operation>("outbox");

/** Writes down what is pending, a moment later. */
export const keepSoon = debounce(() => void keepOutbox(), 120, 500);

/** Writes down what is pending now. */
export async function keepOutbox(): Promise<void> {
  keepSoon.cancel();
  const { base, pending } = useDocument.getState();
  if (base === null) return;
  const unsaved = pending.filter(({ state }) => state !== "applied");
  await shelf.keep(
    base.id,
    unsaved.map(({ operation }) => operation),
  );
}

/** What was left unsent of a project. */
export const readOutbox = (project: string): Promise<Left<Operation>> => shelf.read(project);
