// Choosing several things of an ordered list. Pure.

export interface Selection {
  /** The last one touched; what the inspector shows. */
  primary: string | null;
  /** In the order in which they were chosen. */
  ids: readonly string[];
  /** Where a range starts. */
  anchor: string | null;
}

export const only = (id: string | null): Selection => ({
  primary: id,
  ids: id === null ? [] : [id],
  anchor: id,
});

/** Adds `id`, or takes it out; the last one cannot be taken out. */
export function toggled({ ids }: Selection, id: string): Selection {
  if (!ids.includes(id)) return { primary: id, ids: [...ids, id], anchor: id };
  const rest = ids.filter((other) => other !== id);
  return rest.length === 0
    ? only(id)
    : { primary: rest.at(-1) ?? null, ids: rest, anchor: rest.at(-1) ?? null };
}

/** Everything from the anchor to `id`, in the order of `all`. */
export function ranged({ anchor }: Selection, id: string, all: readonly string[]): Selection {
  const [one, other] = [all.indexOf(anchor ?? id), all.indexOf(id)];
  if (one < 0 || other < 0) return only(id);
  const ids = all.slice(Math.min(one, other), Math.max(one, other) + 1);
  return { primary: id, ids, anchor: anchor ?? id };
}

/** `ids` as they stand in `all`; what is no longer there is left out. */
export function inOrder(ids: readonly string[], all: readonly string[]): string[] {
  const wanted = new Set(ids);
  return all.filter((id) => wanted.has(id));
}

/**
 * What is left of a selection of `before` in `now`. Where the primary one is gone, another that is chosen
 * is it now; where all are gone, what took its place, else the one before it.
 */
export function surviving(
  selection: Selection,
  before: readonly string[],
  now: readonly string[],
): Selection {
  const there = new Set(now);
  if (selection.ids.every((id) => there.has(id))) return selection;
  const ids = selection.ids.filter((id) => there.has(id));
  if (ids.length === 0) return only(heirOf(selection.primary, before, there));
  const isThere = selection.primary !== null && there.has(selection.primary);
  const primary = isThere ? selection.primary : (ids.at(-1) ?? null);
  const { anchor } = selection;
  return { primary, ids, anchor: anchor !== null && there.has(anchor) ? anchor : primary };
}

function heirOf(
  gone: string | null,
  before: readonly string[],
  there: ReadonlySet<string>,
): string | null {
  const at = before.indexOf(gone ?? "");
  const isThere = (id: string) => there.has(id);
  return (
    before.slice(at + 1).find(isThere) ?? before.slice(0, Math.max(0, at)).findLast(isThere) ?? null
  );
}
