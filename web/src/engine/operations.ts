// Edits as operations: what each does to a document. Pure, and total: an operation about something
// that is gone changes nothing. The server does the same to its rows (tests/vectors/operations).

export type Fields = Readonly<Record<string, unknown>>;

/** Behind `after` (null for the very first place), or in front of `before` should that be gone. */
export interface Place {
  after: string | null;
  before?: string | null;
}

/** Fields of an item; `unset` names those that are as if never given. */
export interface ItemFields {
  kind: string;
  media?: string | null;
  segment?: string | null;
  fields?: Fields;
  unset?: readonly string[];
}

export type NewSegment = Fields & { id: string; copies?: string | null };
export interface NewItem {
  id: string;
  item: Fields & { kind: string };
}
export interface Choice {
  take_id: string | null;
  pinned: boolean;
}

export type Change =
  | ({
      type: "insert_segments";
      segments: readonly NewSegment[];
      restores?: string | null;
    } & Place)
  | { type: "edit_segment"; segment: string; set: Fields; was: Fields }
  | { type: "delete_segments"; segments: readonly string[]; was?: Readonly<Record<string, Fields>> }
  | ({ type: "move_segments"; segments: readonly string[] } & Place)
  | {
      type: "choose_take";
      segment: string;
      set: Choice;
      was?: Choice | null;
      restores?: string | null;
    }
  | ({ type: "insert_items"; items: readonly NewItem[] } & Place)
  | { type: "edit_item"; item: string; set: ItemFields; was: ItemFields }
  | { type: "delete_items"; items: readonly string[] }
  | ({ type: "move_items"; items: readonly string[] } & Place)
  | { type: "edit_project"; set: Fields; was: Fields };

/** An edit. Operations of one `step` are applied together or not at all. */
export type Operation = Change & { id: string; step: string };

export interface SegmentLike {
  id: string;
  order_index: number;
  take_id: string | null;
  chosen_take_id: string | null;
  pinned: boolean;
}
export interface ItemLike {
  id: string;
  kind: string;
  media: string | null;
  segment: string | null;
  fields: Fields;
}
export interface ProjectLike {
  segments: readonly SegmentLike[];
}
/** A project and what lies beside its segments, from the lowest to the topmost. */
export interface Doc<P extends ProjectLike = ProjectLike, I extends ItemLike = ItemLike> {
  project: P;
  items: readonly I[];
}

/** What a segment says, beside its id and how it stands. */
export const SEGMENT_FIELDS = [
  "prompt",
  "model_params",
  "media",
  "trim",
  "transition",
  "retime",
  "framing",
  "look",
  "sound",
] as const;

/** How a segment stands that the server has not told of yet. */
const UNKNOWN = {
  prompt: "",
  model_params: {},
  media: null,
  trim: null,
  transition: null,
  retime: null,
  framing: null,
  look: null,
  sound: null,
  status: "pending",
  progress: null,
  asset_url: null,
  thumbnail_url: null,
  duration_seconds: null,
  notice: null,
  take_id: null,
  chosen_take_id: null,
  take_count: 0,
  pinned: false,
  is_changed: false,
  error_code: null,
  error_message: null,
  job_id: null,
  job_price: null,
  can_fetch: false,
  other_jobs: [],
  created_at: "",
  updated_at: "",
};

/** `ids` with `moved` together at a place; those of `moved` that were not there come in. */
export function placed(ids: readonly string[], moved: readonly string[], place: Place): string[] {
  const going = new Set(moved);
  const rest = ids.filter((id) => !going.has(id));
  const at = indexOf(rest, place);
  return [...rest.slice(0, at), ...moved, ...rest.slice(at)];
}

function indexOf(rest: readonly string[], { after, before }: Place): number {
  if (after === null) return 0;
  const behind = rest.indexOf(after);
  if (behind >= 0) return behind + 1;
  const front = rest.indexOf(before ?? "");
  return front >= 0 ? front : rest.length;
}

/** Segments with indexes 0, 1, 2, ... in the order of their present ones. */
export function numbered<S extends { order_index: number }>(segments: readonly S[]): S[] {
  return segments.map((one, order_index) =>
    one.order_index === order_index ? one : { ...one, order_index },
  );
}

/** The document after an operation. */
export function applyOperation<D extends Doc>(doc: D, operation: Change): D {
  const segments = segmentsAfter(doc.project.segments, operation);
  const items = itemsAfter(doc.items, operation);
  if (operation.type === "edit_project") {
    return { ...doc, project: withFields(doc.project, operation.set) };
  }
  if (segments === doc.project.segments && items === doc.items) return doc;
  return { ...doc, project: { ...doc.project, segments }, items };
}

function withFields<P extends object>(project: P, set: Fields): P {
  const settings = { ...(project as Fields & { settings?: Fields }).settings };
  return { ...project, ...set, settings: { ...settings, ...(set.settings as Fields) } };
}

function segmentsAfter(
  segments: readonly SegmentLike[],
  operation: Change,
): readonly SegmentLike[] {
  switch (operation.type) {
    case "insert_segments": {
      const there = new Set(segments.map((one) => one.id));
      const fresh = operation.segments.filter((one) => !there.has(one.id));
      const rows = fresh.map((one) => inserted(one, segments));
      return inOrder([...segments, ...rows], placed(ids(segments), ids(fresh), operation));
    }
    case "edit_segment":
      return changed(segments, operation.segment, operation.set);
    case "choose_take": {
      const { take_id, pinned } = operation.set;
      const shown = take_id === null ? {} : { take_id };
      return changed(segments, operation.segment, { ...shown, chosen_take_id: take_id, pinned });
    }
    case "delete_segments": {
      const going = new Set(operation.segments);
      return numbered(segments.filter((one) => !going.has(one.id)));
    }
    case "move_segments":
      return moved(segments, operation.segments, operation);
    default:
      return segments;
  }
}

/** What is copied looks as its source does until the server tells. */
function inserted(fresh: NewSegment, segments: readonly SegmentLike[]): SegmentLike {
  const { copies, ...fields } = fresh;
  const source = segments.find((one) => one.id === copies);
  return { ...UNKNOWN, ...source, ...fields, order_index: segments.length };
}

const ids = (things: readonly { id: string }[]): string[] => things.map((one) => one.id);

function changed<S extends { id: string }>(
  things: readonly S[],
  id: string,
  set: Fields,
): readonly S[] {
  if (!things.some((one) => one.id === id)) return things;
  return things.map((one) => (one.id === id ? { ...one, ...set } : one));
}

function moved<S extends SegmentLike>(
  segments: readonly S[],
  wanted: readonly string[],
  place: Place,
): readonly S[] {
  const there = new Set(ids(segments));
  const going = wanted.filter((id) => there.has(id));
  if (going.length === 0) return segments;
  return inOrder(segments, placed(ids(segments), going, place));
}

const inOrder = <S extends SegmentLike>(segments: readonly S[], order: readonly string[]): S[] =>
  numbered(sorted(segments, order));

function sorted<T extends { id: string }>(things: readonly T[], order: readonly string[]): T[] {
  const byId = new Map(things.map((one) => [one.id, one]));
  return order.flatMap((id) => byId.get(id) ?? []);
}

function itemsAfter(items: readonly ItemLike[], operation: Change): readonly ItemLike[] {
  switch (operation.type) {
    case "insert_items": {
      const there = new Set(ids(items));
      const fresh = operation.items.filter((one) => !there.has(one.id)).map(insertedItem);
      return sorted([...items, ...fresh], placed(ids(items), ids(fresh), operation));
    }
    case "edit_item":
      return items.map((one) => (one.id === operation.item ? withItem(one, operation.set) : one));
    case "delete_items": {
      const going = new Set(operation.items);
      return items.filter((one) => !going.has(one.id));
    }
    case "delete_segments": {
      const going = new Set<string | null>(operation.segments);
      const staying = items.filter((one) => !going.has(one.segment));
      return staying.length === items.length ? items : staying;
    }
    case "move_items": {
      const there = new Set(ids(items));
      const going = operation.items.filter((id) => there.has(id));
      return going.length === 0 ? items : sorted(items, placed(ids(items), going, operation));
    }
    default:
      return items;
  }
}

function insertedItem({ id, item }: NewItem): ItemLike {
  const { kind, media = null, segment = null, ...fields } = item;
  const told = { media: media as string | null, segment: segment as string | null };
  const stamps = { project_id: "", created_at: "", updated_at: "" };
  return { ...stamps, id, kind, ...told, fields };
}

function withItem<I extends ItemLike>(item: I, set: ItemFields): I {
  const gone = new Set(set.unset);
  const whole = Object.entries({ ...item.fields, ...set.fields }).filter(
    ([name]) => !gone.has(name),
  );
  const tied = {
    ...(set.media !== undefined && { media: set.media }),
    ...(set.segment !== undefined && { segment: set.segment }),
  };
  return { ...item, ...tied, fields: Object.fromEntries(whole) };
}
