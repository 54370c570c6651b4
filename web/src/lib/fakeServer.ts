// A server of a few lines for unit tests: one project, operations applied once, and the real rules
// about revisions and clashes. Never part of the page.
import type { Project, Segment, Take } from "@/api/types";
import { applyOperation, type Fields, type Operation } from "@/engine/operations";
import type { Item } from "./itemRequests";
import { changeDocument, EMPTY_DOCUMENT } from "./store/document";

export class FakeServer {
  project: Project;
  items: Item[] = [];
  /** What every edit is refused with. */
  refuse: { field: string; message: string; fix: string } | null = null;
  /** The takes of each segment. */
  takesOf: (segment: string) => readonly Take[] = () => [];
  /** Whether answers are lost on their way. */
  isDeaf = false;
  readonly known = new Set<string>();
  readonly requests: string[] = [];

  constructor(prompts: Readonly<Record<string, string>>, items: readonly Item[] = []) {
    const segments = Object.entries(prompts).map(([id, prompt], order_index) => ({
      id,
      order_index,
      prompt,
      model_params: {},
      media: null,
      trim: null,
      transition: null,
      duration_seconds: 5,
      chosen_take_id: null,
      pinned: false,
    }));
    const settings = { fps: 24 };
    const told = { id: "p", name: "film", description: "", outputs: [], settings, revision: 5 };
    this.project = { ...told, segments: segments as unknown as Segment[] } as unknown as Project;
    this.items = [...items];
  }

  /** Takes the place of the network, and has the project opened. Returns how to give it back. */
  install(): () => void {
    const real = globalThis.fetch;
    globalThis.fetch = ((request: Request) => this.answer(request)) as typeof fetch;
    changeDocument(() => ({ ...EMPTY_DOCUMENT, base: this.project, baseItems: this.items }));
    return () => {
      globalThis.fetch = real;
    };
  }

  get prompts(): string[] {
    return this.project.segments.map(({ prompt }) => prompt);
  }

  private async answer(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname;
    this.requests.push(`${request.method} ${path}`);
    if (request.method === "GET") return Response.json(this.read(path));
    if (!path.endsWith("/operations")) return Response.json({});
    const { operations } = (await request.json()) as { operations: Operation[] };
    const answer = this.apply(operations);
    if (this.isDeaf) throw new TypeError("the answer is lost");
    return Response.json(answer);
  }

  private read(path: string): unknown {
    if (path.endsWith("/items")) return this.items;
    const segment = /segments\/([^/]+)\/takes$/.exec(path)?.[1];
    return segment === undefined ? this.project : this.takesOf(segment);
  }

  /** What somebody does: the answer to it. */
  apply(operations: readonly Operation[]): unknown {
    const steps = new Map<string, Operation[]>();
    for (const one of operations) steps.set(one.step, [...(steps.get(one.step) ?? []), one]);
    const revision = this.project.revision;
    const outcomes = [...steps.values()].flatMap((step) => this.applyStep(step));
    const { name, description, settings, outputs } = this.project;
    if (this.isNew) this.project = { ...this.project, revision: revision + 1 };
    this.isNew = false;
    const project = { name, description, settings, outputs };
    return { revision: this.project.revision, outcomes, project, segments: [], items: [] };
  }

  private isNew = false;

  private applyStep(step: readonly Operation[]): object[] {
    const fresh = step.filter(({ id }) => !this.known.has(id));
    const wrong = fresh.map((operation) => this.wrong(operation)).find((one) => one !== null);
    if (wrong !== undefined) return step.map(({ id }) => ({ id, ...NOTHING, ...wrong }));
    for (const operation of fresh) {
      const after = applyOperation({ project: this.project, items: this.items }, operation);
      this.project = after.project;
      this.items = [...after.items];
      this.known.add(operation.id);
      this.isNew = true;
    }
    return step.map(({ id }) => ({ id, status: "applied", ...NOTHING }));
  }

  private wrong(operation: Operation): object | null {
    if (this.refuse !== null && operation.type.startsWith("edit_")) {
      return { status: "refused", detail: this.refuse.message, errors: [this.refuse] };
    }
    switch (operation.type) {
      case "edit_segment":
        return judged(
          this.project.segments.find(({ id }) => id === operation.segment),
          operation,
        );
      case "edit_project":
        return judged(flat(this.project), { set: flat(operation.set), was: flat(operation.was) });
      case "edit_item":
        return judged(this.items.find(({ id }) => id === operation.item)?.fields, {
          set: operation.set.fields ?? {},
          was: operation.was.fields ?? {},
        });
      default:
        return null;
    }
  }
}

const NOTHING = { code: null, detail: null, clashes: [], errors: [] };

interface Edit {
  set: Fields;
  was: Fields;
}

/** What is wrong with an edit of what stands there now; null where nothing is. */
function judged(now: object | undefined, { set, was }: Edit): object | null {
  if (now === undefined) return { status: "gone", code: "gone" };
  const clashes = Object.keys(set).flatMap((field) => clashOf(now as Fields, { set, was }, field));
  return clashes.length === 0 ? null : { status: "conflict", code: "edit_conflict", clashes };
}

/** Each of the settings as a field of its own. */
function flat(project: object): Fields {
  const { settings, ...rest } = project as Fields;
  const named = Object.entries((settings ?? {}) as Fields).map(([name, value]) => [
    `settings.${name}`,
    value,
  ]);
  return { ...rest, ...Object.fromEntries(named) };
}

function clashOf(
  now: Fields,
  { set, was }: Edit,
  field: string,
): { field: string; theirs: unknown; mine: unknown }[] {
  const [theirs, seen, mine] = [now[field], was[field], set[field]].map((one) =>
    JSON.stringify(one ?? null),
  );
  if (!(field in was) || theirs === seen || theirs === mine) return [];
  return [{ field, theirs: now[field], mine: set[field] }];
}
