// What takes an operation back: operations that lead from the document after it to the one before.
// Pure.
import {
  type Change,
  type Doc,
  type Fields,
  type ItemFields,
  type ItemLike,
  type Operation,
  type Place,
  SEGMENT_FIELDS,
  type SegmentLike,
} from "./operations";

/** Operations that take `operation` back, as seen in the document before it. */
export function inverseOf(doc: Doc, operation: Operation): Change[] {
  const { segments } = doc.project;
  switch (operation.type) {
    case "insert_segments":
      return undoInsert(operation.segments);
    case "edit_segment": {
      const before = segments.find((one) => one.id === operation.segment);
      return before ? [{ ...operation, set: pick(before, operation.set), was: operation.set }] : [];
    }
    case "delete_segments":
      return undoDelete(doc, operation);
    case "move_segments":
      return runsOf(segments, operation.segments).map(({ run, place }) => ({
        type: "move_segments",
        segments: run.map((one) => one.id),
        ...place,
      }));
    case "choose_take": {
      const before = segments.find((one) => one.id === operation.segment);
      return before ? [undoChoice(before, operation)] : [];
    }
    case "edit_project":
      return [{ ...operation, set: pickProject(doc.project, operation.set), was: operation.set }];
    default:
      return inverseOfItems(doc.items, operation);
  }
}

function inverseOfItems(items: readonly ItemLike[], operation: Operation): Change[] {
  switch (operation.type) {
    case "insert_items":
      return [{ type: "delete_items", items: operation.items.map((one) => one.id) }];
    case "edit_item": {
      const before = items.find((one) => one.id === operation.item);
      return before ? [undoItem(before, operation.item, operation.set)] : [];
    }
    case "delete_items":
      return insertedAgain(items, operation.items);
    case "move_items":
      return runsOf(items, operation.items).map(({ run, place }) => ({
        type: "move_items",
        items: run.map((one) => one.id),
        ...place,
      }));
    default:
      return [];
  }
}

/** Only what was inserted goes: what somebody has changed in it since is not thrown away unseen. */
function undoInsert(fresh: readonly (Fields & { id: string })[]): Change[] {
  const was = fresh.map((one) => [one.id, pick(one, one, SEGMENT_FIELDS)]);
  return [
    {
      type: "delete_segments",
      segments: fresh.map((one) => one.id),
      was: Object.fromEntries(was),
    },
  ];
}

function undoChoice(before: SegmentLike, operation: Operation & { type: "choose_take" }): Change {
  const set = { take_id: before.chosen_take_id, pinned: before.pinned };
  const { segment, set: was, id } = operation;
  return { type: "choose_take", segment, set, was, restores: id };
}

/** What was tied to the segments went with them, and comes back with them. */
function undoDelete(doc: Doc, operation: Operation & { type: "delete_segments" }): Change[] {
  const back = runsOf(doc.project.segments, operation.segments).map(
    ({ run, place }): Change => ({
      type: "insert_segments",
      segments: run.map(contentOf),
      restores: operation.id,
      ...place,
    }),
  );
  const going = new Set<string | null>(operation.segments);
  const tied = doc.items.filter((item) => going.has(item.segment)).map((item) => item.id);
  return [...back, ...insertedAgain(doc.items, tied)];
}

/** A segment as the body that would insert it again. */
export const contentOf = (segment: { id: string }): Fields & { id: string } => ({
  ...pick(segment, segment as Fields & { id: string }, SEGMENT_FIELDS),
  id: segment.id,
});

/** An item as the body that would insert it again. */
export function itemContentOf(item: ItemLike): Fields & { kind: string } {
  const { kind, media, segment, fields } = item;
  return {
    ...fields,
    kind,
    ...(media !== null && { media }),
    ...(segment !== null && { segment }),
  };
}

const insertedAgain = (items: readonly ItemLike[], ids: readonly string[]): Change[] =>
  runsOf(items, ids).map(({ run, place }) => ({
    type: "insert_items",
    items: run.map((one) => ({ id: one.id, item: itemContentOf(one) })),
    ...place,
  }));

interface Run<T> {
  run: T[];
  place: Place;
}

/** The things of `ids` that stand next to each other, with the place where they stand; in order. */
function runsOf<T extends { id: string }>(things: readonly T[], ids: readonly string[]): Run<T>[] {
  const wanted = new Set(ids);
  const runs: Run<T>[] = [];
  things.forEach((thing, index) => {
    if (!wanted.has(thing.id)) return;
    const previous = things[index - 1];
    const last = runs.at(-1);
    if (last && previous && wanted.has(previous.id)) last.run.push(thing);
    else runs.push({ run: [thing], place: { after: previous?.id ?? null } });
  });
  return runs.map(({ run, place }) => {
    const next = things[things.indexOf(run.at(-1) as T) + 1];
    return { run, place: next ? { ...place, before: next.id } : place };
  });
}

/** The fields that `named` names, as `from` has them. */
function pick(from: object, named: object, only?: readonly string[]): Fields {
  const names = Object.keys(named).filter((name) => only === undefined || only.includes(name));
  return Object.fromEntries(names.map((name) => [name, (from as Fields)[name] ?? null]));
}

function pickProject(project: object, set: Fields): Fields {
  const { settings, ...rest } = set;
  const own = pick(project, rest);
  if (settings === undefined) return own;
  return { ...own, settings: pick((project as Fields).settings as object, settings as object) };
}

function undoItem(before: ItemLike, item: string, set: ItemFields): Change {
  const names = [...Object.keys(set.fields ?? {}), ...(set.unset ?? [])];
  const had = names.filter((name) => name in before.fields);
  const back: ItemFields = {
    kind: before.kind,
    ...(set.media !== undefined && { media: before.media }),
    ...(set.segment !== undefined && { segment: before.segment }),
    fields: Object.fromEntries(had.map((name) => [name, before.fields[name]])),
    unset: names.filter((name) => !(name in before.fields)),
  };
  return { type: "edit_item", item, set: back, was: set };
}
