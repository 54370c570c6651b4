// Sends what is pending to the server, in order and once at a time, until it is confirmed; and reads
// the open project again.
import { type OperationsApplied, sendOperations, type WireOperation } from "@/api/operations";
import { asProblem } from "@/api/problem";
import type { Operation } from "@/engine/operations";
import { CLIENT } from "../ids";
import { loadProject } from "../loadProject";
import { adopt, changeDocument, type Pending, useDocument } from "./document";
import { keepSoon } from "./outbox";
import { settle } from "./settling";

const MOST_AT_ONCE = 500;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 5_000;

let running: Promise<void> | null = null;
let wait = FIRST_WAIT_MS;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Sends all that waits. Resolves when it is confirmed or refused, or the server cannot be reached. */
export function flush(): Promise<void> {
  clearTimeout(timer);
  running ??= run().finally(() => {
    running = null;
  });
  return running;
}

async function run(): Promise<void> {
  for (let batch = nextBatch(); batch.length > 0; batch = nextBatch()) {
    if (!(await send(batch))) return;
  }
}

/** What waits, whole steps, up to a limit. What is held does not keep the rest from being sent. */
function nextBatch(): Pending[] {
  const waiting = useDocument.getState().pending.filter(({ state }) => state === "waiting");
  const last = waiting[MOST_AT_ONCE];
  const end = waiting.findIndex(({ operation }) => operation.step === last?.operation.step);
  return last === undefined || end <= 0 ? waiting : waiting.slice(0, end);
}

/** Whether the server answered. */
async function send(batch: readonly Pending[]): Promise<boolean> {
  const { base } = useDocument.getState();
  if (base === null) return false;
  mark(batch, { state: "sending" });
  changeDocument(() => ({ save: "saving", saveMessage: null }));
  try {
    const operations = batch.map(({ operation }) => onTheWire(operation));
    const answer = await sendOperations(base.id, CLIENT, operations);
    wait = FIRST_WAIT_MS;
    await take(base.id, batch, answer);
    return true;
  } catch (error) {
    return failed(base.id, batch, error);
  }
}

/** The engine's shapes are looser than the wire's; the server says what cannot be. */
const onTheWire = (operation: Operation) => operation as unknown as WireOperation;

async function take(
  id: string,
  batch: readonly Pending[],
  answer: OperationsApplied,
): Promise<void> {
  if (useDocument.getState().base?.id !== id) return;
  const isWhole = settle(batch, answer);
  keepSoon();
  if (!isWhole) await reload().catch(() => undefined);
}

/** What was on its way may have arrived: it is sent again as it is, and applied once. */
function failed(id: string, batch: readonly Pending[], error: unknown): boolean {
  if (useDocument.getState().base?.id !== id) return false;
  const problem = asProblem(error);
  mark(batch, { state: "waiting", isAgain: true });
  changeDocument(() => ({
    save: problem.status === 0 ? "unreachable" : "failed",
    saveMessage: problem.message,
  }));
  if (problem.status === 404) return false;
  timer = setTimeout(() => void flush(), wait);
  wait = Math.min(2 * wait, LONGEST_WAIT_MS);
  return false;
}

function mark(batch: readonly Pending[], change: Partial<Pending>): void {
  const ids = new Set(batch.map(({ operation }) => operation.id));
  changeDocument(({ pending }) => ({
    pending: pending.map((one) => (ids.has(one.operation.id) ? { ...one, ...change } : one)),
  }));
}

/** Asks the server for the open project again. */
export async function reload(): Promise<void> {
  const { base } = useDocument.getState();
  if (base === null) return;
  const { project, items } = await loadProject(base.id);
  if (useDocument.getState().base?.id === project.id) adopt(project, items);
}
