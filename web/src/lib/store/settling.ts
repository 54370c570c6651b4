// What the server's answer means for what was pending: applied, refused, or in conflict with what
// somebody else has done meanwhile.
import type { OperationsApplied, Outcome } from "@/api/operations";
import { ApiProblem } from "@/api/problem";
import type { Segment } from "@/api/types";
import { targetOf } from "@/engine/edits";
import { applyOperation, type Doc, type Operation } from "@/engine/operations";
import type { Item } from "../itemRequests";
import { sayProblem } from "../toast";
import { addConflict, type Conflict } from "./conflicts";
import { changeDocument, type DocumentState, type Pending, useDocument } from "./document";
import { dropStep } from "./history";

/** Told of every step that the server has decided about. */
type Decided = (step: string, outcomes: readonly Outcome[]) => void;
const listeners = new Set<Decided>();

export function onDecided(listener: Decided): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Steps whose refusals are shown by whoever did them. */
export const awaited = new Set<string>();

/** Steps that take others back, with their labels: their refusals are put into other words. */
export const undoing = new Map<string, string>();

/**
 * Takes in what became of what was sent. Whether `base` is now all that the server says; else the
 * project is to be read again.
 */
export function settle(batch: readonly Pending[], answer: OperationsApplied): boolean {
  const outcomes = new Map(answer.outcomes.map((one) => [one.id, one]));
  const of = (status: "applied" | "other") =>
    batch.filter(
      ({ operation }) =>
        (outcomes.get(operation.id)?.status === "applied") === (status === "applied"),
    );
  const isWhole = takeApplied(of("applied"), answer);
  for (const [step, members] of bySteps(of("other"))) refuse(step, members, outcomes);
  changeDocument(({ pending }) => ({ save: saveState(pending) }));
  for (const [step, members] of bySteps(batch)) {
    const told = members.flatMap(({ operation }) => outcomes.get(operation.id) ?? []);
    for (const listener of listeners) listener(step, told);
    undoing.delete(step);
  }
  return isWhole;
}

function saveState(pending: readonly Pending[]): DocumentState["save"] {
  if (pending.some(({ state }) => state === "held")) return "failed";
  return pending.some(({ state }) => state === "waiting") ? "waiting" : "saved";
}

function bySteps(batch: readonly Pending[]): Map<string, Pending[]> {
  const steps = new Map<string, Pending[]>();
  for (const one of batch) {
    const { step } = one.operation;
    steps.set(step, [...(steps.get(step) ?? []), one]);
  }
  return steps;
}

/** `base` goes on by itself where nothing but this batch lies between it and the answer. */
function takeApplied(applied: readonly Pending[], answer: OperationsApplied): boolean {
  const { base } = useDocument.getState();
  if (base === null) return true;
  if (applied.length === 0) return answer.revision <= base.revision;
  const isNext = base.revision + 1 === answer.revision && !applied.some((one) => one.isAgain);
  const isShown = isNext || base.revision >= answer.revision;
  const ids = new Set(applied.map(({ operation }) => operation.id));
  changeDocument(({ pending, base: now, baseItems }) => ({
    ...(isNext && now && confirmed({ project: now, items: baseItems }, applied, answer)),
    pending: pending.flatMap((one) => {
      if (!ids.has(one.operation.id)) return [one];
      return isShown ? [] : [{ ...one, state: "applied" as const, revision: answer.revision }];
    }),
  }));
  return isShown;
}

function confirmed(
  doc: Doc<NonNullable<DocumentState["base"]>, Item>,
  applied: readonly Pending[],
  answer: OperationsApplied,
): Pick<DocumentState, "base" | "baseItems"> {
  const after = applied.reduce((now, { operation }) => applyOperation(now, operation), doc);
  const { revision, project } = answer;
  return {
    base: {
      ...after.project,
      ...project,
      revision,
      segments: withTold<Segment>(after.project.segments, answer.segments),
    },
    baseItems: withTold<Item>(after.items, answer.items),
  };
}

/** How things stand now, where the server says so; the order stays. */
function withTold<T extends { id: string; order_index?: number }>(
  things: readonly T[],
  told: readonly T[],
): T[] {
  const now = new Map(told.map((one) => [one.id, one]));
  return things.map((one) => {
    const fresh = now.get(one.id);
    if (fresh === undefined) return one;
    return one.order_index === undefined ? fresh : { ...fresh, order_index: one.order_index };
  });
}

/** A whole step that did not come about. */
function refuse(step: string, members: readonly Pending[], outcomes: Map<string, Outcome>): void {
  const told = members.flatMap(({ operation }) => outcomes.get(operation.id) ?? []);
  const reason = told.find(({ status }) => status !== "held_back");
  if (reason?.status === "refused" && members.every(({ operation }) => canHold(operation))) {
    return hold(members, outcomes);
  }
  const operations = members.map(({ operation }) => operation);
  takeBack(operations);
  if (reason?.status === "refused" && !awaited.has(step)) tellRefusal(step, reason);
  if (reason?.status === "conflict" || reason?.status === "gone") {
    addConflict({
      id: step,
      kind: reason.status === "gone" ? "gone" : "clashing",
      operations,
      culprit: reason.id,
      clashes: reason.clashes,
      ...lostWith(operations.find(({ id }) => id === reason.id)),
      undoing: undoing.get(step) ?? null,
    });
  }
}

function tellRefusal(step: string, { code, detail, errors }: Outcome): void {
  const title = undoing.has(step) ? `No ${undoing.get(step)}` : "This could not be done";
  sayProblem(title, new ApiProblem(422, { code: code ?? "", detail: detail ?? "", errors }));
}

/** Typed fields stay as they were typed, with what is wrong beside them. */
const canHold = ({ type }: Operation): boolean => type === "edit_segment" || type === "edit_item";

function hold(members: readonly Pending[], outcomes: Map<string, Outcome>): void {
  const ids = new Set(members.map(({ operation }) => operation.id));
  const problems = members.map(
    ({ operation }) =>
      [targetOf(operation) ?? "", outcomes.get(operation.id)?.errors ?? []] as const,
  );
  changeDocument(({ pending, fieldProblems }) => ({
    pending: pending.map((one) =>
      ids.has(one.operation.id) ? { operation: one.operation, state: "held" as const } : one,
    ),
    fieldProblems: { ...fieldProblems, ...Object.fromEntries(problems) },
    saveMessage: [...outcomes.values()].find(({ status }) => status === "refused")?.detail ?? null,
  }));
}

function takeBack(operations: readonly Operation[]): void {
  const ids = new Set(operations.map(({ id }) => id));
  for (const { step } of operations) dropStep(step);
  changeDocument(({ pending }) => ({
    pending: pending.filter(({ operation }) => !ids.has(operation.id)),
  }));
}

/** As it was last seen: the answer that it is gone may come before the news of it. */
function lostWith(culprit: Operation | undefined): Pick<Conflict, "lost" | "lostItem"> {
  const { base, baseItems, lost, lostItems } = useDocument.getState();
  const target = culprit === undefined ? null : targetOf(culprit);
  const isIt = ({ id }: { id: string }) => id === target;
  return {
    lost: base?.segments.find(isIt) ?? lost[target ?? ""] ?? null,
    lostItem: baseItems.find(isIt) ?? lostItems[target ?? ""] ?? null,
  };
}
