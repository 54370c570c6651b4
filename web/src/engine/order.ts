// Places in an ordered list of ids. Pure.

/**
 * Where `moved` together would stand among the others when `id`, one of them, is dropped at place `target`
 * of all (0 is the first).
 */
export function placeOfAll(
  ids: readonly string[],
  moved: readonly string[],
  id: string,
  target: number,
): number {
  const before = ids.filter((other) => other !== id).slice(0, target);
  return before.filter((other) => !moved.includes(other)).length;
}

/** The neighbour of `id` that is `delta` places away, or the end of the list; null for an empty list. */
export function neighbour(ids: readonly string[], id: string | null, delta: number): string | null {
  if (ids.length === 0) return null;
  const at = id === null ? -1 : ids.indexOf(id);
  if (at < 0) return ids[delta > 0 ? 0 : ids.length - 1] ?? null;
  return ids[Math.max(0, Math.min(ids.length - 1, at + delta))] ?? null;
}

/** Whether two orders are the same. */
export function sameOrder(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((id, index) => id === b[index]);
}
