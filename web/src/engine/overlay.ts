// Edits that the server has not confirmed yet, laid over what it last said. Pure.

export type Edits<P> = Readonly<Record<string, P>>;

interface Item {
  id: string;
  order_index: number;
}

/**
 * `items` with each edit merged into its item, in `order` where one is given, else by their index.
 * The server's indexes may have gaps; the result's are 0, 1, 2, ...
 */
export function overlay<S extends Item, P extends object>(
  items: readonly S[],
  layers: readonly Edits<P>[],
  order: readonly string[] | null,
): S[] {
  const place = new Map((order ?? []).map((id, index) => [id, index]));
  return items
    .map((item) => withEdits(item, layers))
    .sort((a, b) => (place.get(a.id) ?? a.order_index) - (place.get(b.id) ?? b.order_index))
    .map((item, index) => (item.order_index === index ? item : { ...item, order_index: index }));
}

function withEdits<S extends Item, P extends object>(item: S, layers: readonly Edits<P>[]): S {
  const patches = layers.flatMap((layer) => layer[item.id] ?? []);
  return patches.length === 0 ? item : Object.assign({}, item, ...patches);
}

/** `edits` with `patch` merged into those of `id`. */
export function addEdit<P extends object>(edits: Edits<P>, id: string, patch: P): Edits<P> {
  return { ...edits, [id]: { ...edits[id], ...patch } as P };
}

/** `edits` without those of `id`. */
export function dropEdit<P extends object>(edits: Edits<P>, id: string): Edits<P> {
  const { [id]: _gone, ...rest } = edits;
  return rest;
}
