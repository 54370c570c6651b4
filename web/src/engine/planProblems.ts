// What the problems of a plan are about: a segment, or what lies beside the segments. Pure.
import type { ItemKind, ItemLike } from "./items";

export interface PlanProblemLike {
  segment_id: string | null;
  field: string;
}

export type Subject<I extends ItemLike> =
  | { kind: "segment"; id: string; number: number }
  | { kind: "item"; item: I };

/** The lists of a project by which fields name items, as "text.3.start". */
const LISTS: Readonly<Record<string, ItemKind>> = {
  text: "text",
  captions: "caption",
  images: "image",
  audio: "audio",
};

/** What a problem is about; null for the film as a whole. `items`: from the lowest to the topmost. */
export function subjectOf<I extends ItemLike>(
  { segment_id, field }: PlanProblemLike,
  segments: readonly { id: string }[],
  items: readonly I[],
): Subject<I> | null {
  if (segment_id !== null) {
    const index = segments.findIndex(({ id }) => id === segment_id);
    return index < 0 ? null : { kind: "segment", id: segment_id, number: index + 1 };
  }
  const [list = "", number] = field.split(".");
  const item = items.filter(({ kind }) => kind === LISTS[list])[Number(number)];
  return item === undefined ? null : { kind: "item", item };
}
