// Edits of fields as operations: with what their author saw there, and two of them as one. Pure.
import { bothChanges, type ItemChange } from "./items";
import type { Change, Doc, Fields, ItemFields } from "./operations";

/** An edit of a segment with what stands there now; null where there is no such segment. */
export function segmentEdit(doc: Doc, id: string, patch: object): Change | null {
  const segment = doc.project.segments.find((one) => one.id === id);
  if (segment === undefined) return null;
  return { type: "edit_segment", segment: id, set: { ...patch }, was: seen(segment, patch) };
}

/**
 * An edit of the project and its settings by somebody who saw `before`: only what says something else
 * than that; null where nothing does.
 */
export function projectEdit(before: Fields, patch: Fields): Change | null {
  const { settings, ...rest } = patch;
  const own = differing(before, rest);
  const part = differing((before.settings ?? {}) as Fields, (settings ?? {}) as Fields);
  const set = Object.keys(part).length > 0 ? { ...own, settings: part } : own;
  if (Object.keys(set).length === 0) return null;
  const was = seen(before, own);
  const partWas = seen((before.settings ?? {}) as Fields, part);
  return { type: "edit_project", set, was: set === own ? was : { ...was, settings: partWas } };
}

const differing = (before: Fields, after: Fields): Fields =>
  Object.fromEntries(
    Object.entries(after).filter(([name, value]) => !isSame(value, before[name] ?? null)),
  );

const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** An edit of an item with what stands there now; null where there is no such item. */
export function itemEdit(doc: Doc, id: string, change: ItemChange): Change | null {
  const item = doc.items.find((one) => one.id === id);
  if (item === undefined) return null;
  const names = [...Object.keys(change.fields ?? {}), ...(change.unset ?? [])];
  const was: ItemFields = {
    kind: item.kind,
    ...("media" in change && { media: item.media }),
    ...("segment" in change && { segment: item.segment }),
    fields: seen(item.fields, fieldsNamed(names.filter((name) => name in item.fields))),
    unset: names.filter((name) => !(name in item.fields)),
  };
  return { type: "edit_item", item: id, set: { kind: item.kind, ...change }, was };
}

const fieldsNamed = (names: readonly string[]): Fields =>
  Object.fromEntries(names.map((name) => [name, null]));

/** The fields of `named` as `from` has them. */
function seen(from: object, named: object): Fields {
  return Object.fromEntries(
    Object.keys(named).map((name) => [name, (from as Fields)[name] ?? null]),
  );
}

/** What an edit is about; null for what is no edit of fields. */
export function targetOf(change: Change): string | null {
  if (change.type === "edit_segment") return change.segment;
  return change.type === "edit_item" ? change.item : null;
}

/** Two edits of the same as one: the later value, and what was there before both. */
export function bothEdits<C extends Change>(first: C, then: Change): C {
  if (first.type === "edit_segment" && then.type === "edit_segment") {
    return {
      ...first,
      set: { ...first.set, ...then.set },
      was: { ...then.was, ...first.was },
    };
  }
  if (first.type === "edit_item" && then.type === "edit_item") {
    return {
      ...first,
      set: { ...laterFields(first.set, then.set), kind: first.set.kind },
      was: earlierFields(first.was, then.was),
    };
  }
  return first;
}

function laterFields(first: ItemFields, then: ItemFields): ItemFields {
  const fields = { ...first.fields, ...then.fields };
  const both = bothChanges(first as ItemChange, then as ItemChange);
  const unset = [...(first.unset ?? []), ...(then.unset ?? [])];
  return {
    ...both,
    kind: first.kind,
    fields: without(fields, then.unset),
    unset: unset.filter((name) => !(name in (then.fields ?? {}))),
  };
}

function earlierFields(first: ItemFields, then: ItemFields): ItemFields {
  const known = new Set([...Object.keys(first.fields ?? {}), ...(first.unset ?? [])]);
  const unset = (then.unset ?? []).filter((name) => !known.has(name));
  return {
    ...then,
    ...first,
    fields: { ...without(then.fields ?? {}, first.unset), ...first.fields },
    unset: [...(first.unset ?? []), ...unset],
  };
}

function without(fields: Fields, names: readonly string[] | undefined): Fields {
  const gone = new Set(names);
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !gone.has(name)));
}
