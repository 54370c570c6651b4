// What is wrong with a segment or an item: what the server refused to keep, and what the plan says.
import type { FieldProblem } from "@/api/problem";
import type { ItemKind } from "@/engine/items";
import { usePlan } from "../queries";
import { useDocument, useProject } from "../store/document";

export type FindProblem = (field: string) => FieldProblem | undefined;

const NONE: readonly FieldProblem[] = [];
/** The lists by which the plan names items. */
const LISTS: Readonly<Record<ItemKind, string>> = {
  text: "text",
  caption: "captions",
  image: "images",
  audio: "audio",
};

/** Finds the problem at a field of a segment, such as "transition.duration". */
export function useSegmentProblems(id: string): FindProblem {
  const planned = usePlan(useProject().id).data?.problems ?? NONE;
  const refused = useRefused(id);
  const own = planned.filter((problem) => "segment_id" in problem && problem.segment_id === id);
  return finder([...refused, ...own]);
}

/** Finds the problem at a field of an item, such as "style.size". */
export function useItemProblems(id: string, kind: ItemKind): FindProblem {
  const planned = usePlan(useProject().id).data?.problems ?? NONE;
  const refused = useRefused(id);
  const place = useDocument((state) =>
    state.items.filter((item) => item.kind === kind).findIndex((item) => item.id === id),
  );
  const prefix = `${LISTS[kind]}.${place}.`;
  const own = planned
    .filter(({ field }) => field.startsWith(prefix))
    .map((problem) => ({ ...problem, field: problem.field.slice(prefix.length) }));
  const all = [...refused, ...own];
  // By its whole name: a point's gain is not the sound's.
  return (name) => all.find(({ field }) => field === name || field === `fields.${name}`);
}

const useRefused = (id: string): readonly FieldProblem[] =>
  useDocument((state) => state.fieldProblems[id] ?? NONE);

/** The plan puts what a field belongs to in front of its name. */
const finder =
  (problems: readonly FieldProblem[]): FindProblem =>
  (name) =>
    problems.find(({ field }) => field === name || field.endsWith(`.${name}`));
