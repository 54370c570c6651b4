// The open project: what the server last said, the operations it has not confirmed, and both together.
import { replaceEqualDeep } from "@tanstack/react-query";
import { create } from "zustand";
import type { FieldProblem } from "@/api/problem";
import type { Project, Segment } from "@/api/types";
import { targetOf } from "@/engine/edits";
import { applyOperation, numbered, type Operation } from "@/engine/operations";
import type { Item } from "../itemRequests";

/** failed: refused, to be put right; unreachable: kept here, and sent again until the server answers. */
export type SaveState = "saved" | "waiting" | "saving" | "failed" | "unreachable";

/** An operation that the server has not confirmed, or that `base` does not show yet. */
export interface Pending {
  operation: Operation;
  /**
   * waiting: to be sent; sending: on its way; held: refused, kept on the screen until it is put
   * right; applied: accepted as `revision`, which `base` has not reached.
   */
  state: "waiting" | "sending" | "held" | "applied";
  revision?: number;
  /** Whether it may have reached the server before. */
  isAgain?: boolean;
}

export interface DocumentState {
  /** What the server last said. */
  base: Project | null;
  /** What lies beside the segments, as the server last said; from the lowest to the topmost. */
  baseItems: readonly Item[];
  /** What was done here since, in order. */
  pending: readonly Pending[];
  /** What the page shows: `base` after what is pending. */
  project: Project | null;
  /** What the page shows of the items. */
  items: readonly Item[];
  save: SaveState;
  saveMessage: string | null;
  /** What the server refused, by segment or item. */
  fieldProblems: Readonly<Record<string, readonly FieldProblem[]>>;
  /** Segments and items that others deleted while edits of them were pending. */
  lost: Readonly<Record<string, Segment>>;
  lostItems: Readonly<Record<string, Item>>;
}

export const EMPTY_DOCUMENT: DocumentState = {
  base: null,
  baseItems: [],
  pending: [],
  project: null,
  items: [],
  save: "saved",
  saveMessage: null,
  fieldProblems: {},
  lost: {},
  lostItems: {},
};

export const useDocument = create<DocumentState>(() => EMPTY_DOCUMENT);

/** Changes the document by a pure function and works out again what the page shows. */
export function changeDocument(change: (state: DocumentState) => Partial<DocumentState>): void {
  useDocument.setState((state) => {
    const changes = change(state);
    const next = { ...state, ...changes };
    return "base" in changes || "baseItems" in changes || "pending" in changes
      ? { ...next, ...shown(next) }
      : next;
  });
}

/** `base` with what is pending on top of it. */
export function shown(state: Pick<DocumentState, "base" | "baseItems" | "pending">): {
  project: Project | null;
  items: readonly Item[];
} {
  const { base, baseItems, pending } = state;
  if (base === null) return { project: null, items: [] };
  const segments = numbered(base.segments.toSorted((a, b) => a.order_index - b.order_index));
  return pending.reduce((doc, { operation }) => applyOperation(doc, operation), {
    project: { ...base, segments },
    items: baseItems,
  });
}

/**
 * Takes in what the server says now of the project, and of its items where given, unless something
 * newer is known already. What is still the same stays the same object, so that it is not drawn anew.
 */
export function adopt(project: Project, items?: readonly Item[]): void {
  changeDocument((state) => {
    const { base, baseItems, pending } = state;
    if (base?.id === project.id && base.revision > project.revision) return {};
    const left = pending.filter(({ revision }) => (revision ?? Infinity) > project.revision);
    return {
      base: replaceEqualDeep(base, project),
      baseItems: items === undefined ? baseItems : replaceEqualDeep(baseItems, items),
      pending: left,
      ...withLost(state, project.segments, items ?? baseItems),
    };
  });
}

/** What goes while something here is still to be done to it is remembered. */
export function withLost(
  { base, baseItems, pending, lost, lostItems }: DocumentState,
  segments: readonly { id: string }[],
  items: readonly { id: string }[],
): Pick<DocumentState, "lost" | "lostItems"> {
  const wanted = new Set(pending.map(({ operation }) => targetOf(operation)));
  return {
    lost: { ...lost, ...goneOf(base?.segments ?? [], segments, wanted) },
    lostItems: { ...lostItems, ...goneOf(baseItems, items, wanted) },
  };
}

/** Those that are wanted and no longer there, by id. */
function goneOf<T extends { id: string }>(
  before: readonly T[],
  after: readonly { id: string }[],
  wanted: ReadonlySet<string | null>,
): Record<string, T> {
  if (!before.some(({ id }) => wanted.has(id))) return {};
  const there = new Set(after.map(({ id }) => id));
  const gone = before.filter(({ id }) => wanted.has(id) && !there.has(id));
  return Object.fromEntries(gone.map((one) => [one.id, one]));
}

export const openProject = (): Project => {
  const { project } = useDocument.getState();
  if (project === null) throw new Error("no project is open");
  return project;
};

export const useProject = (): Project => {
  const project = useDocument((state) => state.project);
  if (project === null) throw new Error("no project is open");
  return project;
};
