import { expect, test } from "vitest";
import { bothEdits, itemEdit, segmentEdit } from "./edits";
import { inverseOf } from "./inverse";
import {
  applyOperation,
  type Change,
  type Doc,
  type ItemLike,
  type Operation,
  placed,
  type SegmentLike,
} from "./operations";

interface Case {
  name: string;
  before: { segments: { id: string }[]; items: { id: string; item: { kind: string } }[] };
  operations: Change[];
  outcomes: string[];
  after: {
    segments?: Record<string, unknown>[];
    items?: Record<string, unknown>[];
    project?: Record<string, unknown>;
    settings?: Record<string, unknown>;
  };
}

const files = import.meta.glob<Case[]>("../../../tests/vectors/operations/*.json", {
  eager: true,
  import: "default",
});
const cases = Object.entries(files).flatMap(([file, all]) =>
  all.map((one) => [`${file.split("/").at(-1)} ${one.name}`, one] as const),
);

const EMPTY: Doc = {
  project: { segments: [], name: "a film", description: "", settings: { fps: 24 } } as never,
  items: [],
};

const after = (doc: Doc, changes: readonly Change[]): Doc => changes.reduce(applyOperation, doc);

test("there are vectors", () => expect(cases.length).toBeGreaterThan(25));

test.each(cases)("%s", (_name, { before, operations, outcomes, after: wanted }) => {
  const begun = after(EMPTY, [
    { type: "insert_segments", segments: before.segments, after: null },
    { type: "insert_items", items: before.items, after: null },
  ]);
  const applied = operations.filter((_, index) => outcomes[index] === "applied");
  const { project, items } = after(begun, applied);
  if (wanted.segments) {
    expect(project.segments.map(({ id }) => id)).toEqual(wanted.segments.map(({ id }) => id));
    expect(project.segments).toMatchObject(wanted.segments);
    expect(project.segments.map((one) => one.order_index)).toEqual([...project.segments.keys()]);
  }
  if (wanted.items) {
    expect(items.map(({ id }) => id)).toEqual(wanted.items.map(({ id }) => id));
    expect(items).toMatchObject(wanted.items);
    for (const [index, { fields }] of wanted.items.entries()) {
      if (fields) expect(items[index]?.fields).toEqual(fields);
    }
  }
  expect(project).toMatchObject(wanted.project ?? {});
  expect((project as unknown as { settings: object }).settings).toMatchObject(
    wanted.settings ?? {},
  );
});

/** Numbers that look random and are the same every time. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

type Roll = (below: number) => number;

function someDoc(roll: Roll): Doc {
  const count = roll(7);
  const segments = Array.from({ length: count }, (_, index) => ({
    id: `s${index}`,
    order_index: index,
    prompt: `p${roll(3)}`,
    model_params: { model: "m", seed: roll(3) },
    media: null,
    trim: roll(2) ? { start: 0, end: roll(5) + 1 } : null,
    transition: null,
    retime: null,
    framing: null,
    look: null,
    sound: null,
    take_id: null,
    chosen_take_id: roll(2) ? `t${roll(3)}` : null,
    pinned: roll(2) === 1,
  })) as SegmentLike[];
  const items = Array.from({ length: roll(6) }, (_, index) => ({
    id: `i${index}`,
    kind: "text",
    media: null,
    segment: count > 0 && roll(2) ? `s${roll(count)}` : null,
    fields: roll(2) ? { text: `w${roll(3)}`, start: roll(4) } : { text: "w" },
  })) as ItemLike[];
  const project = { segments, name: "n", description: "", settings: { fps: 24, width: 160 } };
  return { project, items };
}

const some = (roll: Roll, ids: readonly string[]): string[] => {
  const found = ids.filter(() => roll(3) === 0);
  return roll(2) ? found : found.toReversed();
};
const one = (roll: Roll, ids: readonly string[]): string | null =>
  ids[roll(ids.length + 1)] ?? null;

function someChange(roll: Roll, doc: Doc): Change | null {
  const ids = doc.project.segments.map(({ id }) => id);
  const items = doc.items.map(({ id }) => id);
  const [id, item] = [one(roll, ids) ?? "gone", one(roll, items) ?? "gone"];
  switch (roll(10)) {
    case 0: {
      const segments = [
        { id: "new1", prompt: "x", copies: id },
        { id: "new2", prompt: "y" },
      ];
      return { type: "insert_segments", segments, after: one(roll, ids), before: one(roll, ids) };
    }
    case 1:
      return segmentEdit(doc, id, { prompt: "q", trim: roll(2) ? null : { start: 1, end: 2 } });
    case 2:
      return { type: "delete_segments", segments: some(roll, ids) };
    case 3:
      return { type: "move_segments", segments: some(roll, ids), after: one(roll, ids) };
    case 4:
      return { type: "choose_take", segment: id, set: { take_id: "t9", pinned: roll(2) === 1 } };
    case 5: {
      const fresh = [{ id: "new3", item: { kind: "text", text: "n", segment: ids[0] ?? null } }];
      return { type: "insert_items", items: fresh, after: one(roll, items) };
    }
    case 6:
      return itemEdit(doc, item, { segment: ids[0] ?? null, fields: { start: 7, end: 8 } });
    case 7:
      return { type: "delete_items", items: some(roll, items) };
    case 8:
      return { type: "move_items", items: some(roll, items), after: one(roll, items) };
    default:
      return { type: "edit_project", set: { name: "m", settings: { fps: 25 } }, was: {} };
  }
}

/** What can be compared: a choice that is taken back is shown again when the server has told. */
const plain = ({ project, items }: Doc) => ({
  ...project,
  segments: project.segments.map((segment) => {
    const { take_id, chosen_take_id, pinned, ...said } = segment;
    return "status" in segment ? { id: segment.id, prompt: Reflect.get(said, "prompt") } : said;
  }),
  items: items.map(({ id, kind, media, segment, fields }) => ({
    id,
    kind,
    media,
    segment,
    fields,
  })),
});
/** A segment that comes back says what it said; how it stands is for the server to tell. */
const told = (doc: Doc) =>
  plain({
    ...doc,
    project: {
      ...doc.project,
      segments: doc.project.segments.map((segment) => ({ ...segment, status: "told" })),
    },
  });

test("applying an operation and then its inverse changes nothing, for every type", () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= 3000; seed += 1) {
    const roll = seeded(seed);
    const doc = someDoc(roll);
    const change = someChange(roll, doc);
    if (change === null) continue;
    const operation: Operation = { ...change, id: "o", step: "s" };
    const inverse = inverseOf(doc, operation);
    const back = after(applyOperation(doc, operation), inverse);
    expect(told(back), `seed ${seed}: ${JSON.stringify(operation)}`).toEqual(told(doc));
    if (inverse.length > 0) seen.add(operation.type);
  }
  expect([...seen].sort()).toEqual([
    "choose_take",
    "delete_items",
    "delete_segments",
    "edit_item",
    "edit_project",
    "edit_segment",
    "insert_items",
    "insert_segments",
    "move_items",
    "move_segments",
  ]);
});

test("doing again what was taken back leads to where it was", () => {
  for (let seed = 1; seed <= 2000; seed += 1) {
    const roll = seeded(seed);
    const doc = someDoc(roll);
    const change = someChange(roll, doc);
    if (change === null) continue;
    const done = applyOperation(doc, change);
    let now = done;
    const redo: Change[] = [];
    for (const back of inverseOf(doc, { ...change, id: "o", step: "s" })) {
      redo.unshift(...inverseOf(now, { ...back, id: "b", step: "s" }));
      now = applyOperation(now, back);
    }
    expect(told(after(now, redo)), `seed ${seed}`).toEqual(told(done));
  }
});

test("moved things keep the order in which they are asked for, the others theirs", () => {
  for (let seed = 1; seed <= 500; seed += 1) {
    const roll = seeded(seed);
    const ids = Array.from({ length: roll(9) }, (_, index) => `s${index}`);
    const moved = some(roll, ids);
    const result = placed(ids, moved, { after: one(roll, ids), before: one(roll, ids) });
    expect(result.toSorted()).toEqual(ids.toSorted());
    expect(result.filter((id) => !moved.includes(id))).toEqual(
      ids.filter((id) => !moved.includes(id)),
    );
    expect(result.filter((id) => moved.includes(id))).toEqual(moved);
  }
});

test("two edits of one thing are as one: the later value, and what was there before both", () => {
  const doc = someDoc(() => 1);
  const first = segmentEdit(doc, "s0", { prompt: "a" }) as Change;
  const then = segmentEdit(applyOperation(doc, first), "s0", { prompt: "b", trim: null }) as Change;
  const both = bothEdits(first, then);
  expect(applyOperation(doc, both)).toEqual(after(doc, [first, then]));
  expect(both).toMatchObject({ was: { prompt: "p1", trim: { start: 0, end: 2 } } });
});
