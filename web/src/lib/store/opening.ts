// Putting a loaded project on the table, with what this browser had not sent and could undo; and
// clearing up afterwards.
import type { Loaded } from "../loadProject";
import { openConflicts } from "./conflicts";
import { changeDocument, EMPTY_DOCUMENT, useDocument } from "./document";
import { closeHistory, keepHistory, openHistory } from "./history";
import { keepOutbox, readOutbox } from "./outbox";
import { flush } from "./writes";

/** Opens a loaded project. Returns how to close it again. */
export function openDocument({ project, items }: Loaded): () => void {
  changeDocument(() => ({ ...EMPTY_DOCUMENT, base: project, baseItems: items }));
  void openConflicts(project.id);
  void openHistory(project.id);
  void sendLeft(project.id);
  globalThis.addEventListener?.("pagehide", keepAll);
  return () => {
    globalThis.removeEventListener?.("pagehide", keepAll);
    void close(project.id);
  };
}

function keepAll(): void {
  void keepOutbox();
  void keepHistory();
}

/** What was left may have reached the server; it comes before anything that was done since. */
async function sendLeft(project: string): Promise<void> {
  const { list: operations, forget } = await readOutbox(project);
  if (operations.length === 0 || useDocument.getState().base?.id !== project) return;
  const before = operations.map((operation) => ({
    operation,
    state: "waiting" as const,
    isAgain: true,
  }));
  changeDocument(({ pending }) => ({ pending: [...before, ...pending], save: "waiting" }));
  await keepOutbox();
  await forget();
  await flush();
}

/** What could not be sent stays written down, also where another project is opened meanwhile. */
async function close(project: string): Promise<void> {
  closeHistory();
  await Promise.all([keepOutbox(), flush()]);
  if (useDocument.getState().base?.id !== project) return;
  await keepOutbox();
  changeDocument(() => EMPTY_DOCUMENT);
}
