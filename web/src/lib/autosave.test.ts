import { afterEach, beforeEach, expect, test } from "vitest";
import type { Project, Segment } from "@/api/types";
import { editSegment, saveEdits } from "./actions/editSegment";
import { moveSegmentTo } from "./actions/moveSegment";
import { changeDocument, EMPTY_DOCUMENT, openProject, useDocument } from "./store/document";

/** A server of a few lines: one project, revisions, and the real rule about stale writes. */
class Server {
  revision = 5;
  prompts = new Map([
    ["s1", "one"],
    ["s2", "two"],
  ]);
  order = ["s1", "s2"];
  refuse: object | null = null;
  readonly requests: string[] = [];

  project(): Project {
    const segments = this.order.map((id, order_index) => ({
      id,
      order_index,
      prompt: this.prompts.get(id),
    }));
    return {
      id: "p",
      revision: this.revision,
      segments: segments as unknown as Segment[],
    } as Project;
  }

  readonly fetch = async (request: Request): Promise<Response> => {
    const path = new URL(request.url).pathname;
    this.requests.push(`${request.method} ${path}`);
    if (request.method === "GET") return Response.json(this.project());
    const based = Number(request.headers.get("if-match")?.replaceAll('"', ""));
    if (based !== this.revision) {
      return Response.json({ code: "stale_revision", detail: "moved on" }, { status: 409 });
    }
    if (this.refuse) return Response.json(this.refuse, { status: 422 });
    this.revision += 1;
    const body = (await request.json()) as { prompt?: string; segment_ids?: string[] };
    if (body.segment_ids) {
      this.order = body.segment_ids;
      return Response.json(this.project(), { headers: { etag: `"${this.revision}"` } });
    }
    const id = path.split("/").at(-1) as string;
    this.prompts.set(id, body.prompt ?? "");
    return Response.json({ id, prompt: body.prompt, order_index: this.order.indexOf(id) });
  };
}

let server: Server;
const realFetch = globalThis.fetch;
const shownPrompts = () => openProject().segments.map((segment) => segment.prompt);

beforeEach(() => {
  server = new Server();
  globalThis.fetch = ((input: Request) => server.fetch(input)) as typeof fetch;
  changeDocument(() => ({ ...EMPTY_DOCUMENT, base: server.project() }));
});

afterEach(() => {
  globalThis.fetch = realFetch;
});

test("an edit shows at once and is saved under the known revision", async () => {
  editSegment("s1", { prompt: "uno" });
  expect(shownPrompts()).toEqual(["uno", "two"]);
  expect(useDocument.getState().save).toBe("waiting");
  await saveEdits();
  expect(server.prompts.get("s1")).toBe("uno");
  expect(useDocument.getState()).toMatchObject({ save: "saved", edits: {}, sending: {} });
  expect(openProject().revision).toBe(6);
});

test("when somebody else was faster, the edit goes on top of what they did", async () => {
  server.revision = 9;
  server.prompts.set("s2", "theirs");
  editSegment("s1", { prompt: "mine" });
  await saveEdits();
  expect(Object.fromEntries(server.prompts)).toEqual({ s1: "mine", s2: "theirs" });
  expect(shownPrompts()).toEqual(["mine", "theirs"]);
  expect(server.requests).toEqual([
    "PATCH /api/segments/s1",
    "GET /api/projects/p",
    "PATCH /api/segments/s1",
  ]);
});

test("a refused edit stays on the screen with the reason at its field", async () => {
  server.refuse = {
    code: "bad_input",
    detail: "no",
    errors: [{ field: "prompt", message: "too long", fix: "shorten it" }],
  };
  editSegment("s1", { prompt: "endless" });
  await saveEdits();
  expect(shownPrompts()).toEqual(["endless", "two"]);
  expect(useDocument.getState().save).toBe("failed");
  expect(useDocument.getState().fieldProblems.s1).toMatchObject([
    { field: "prompt", fix: "shorten it" },
  ]);
  server.refuse = null;
  editSegment("s1", { prompt: "short" });
  await saveEdits();
  expect(useDocument.getState()).toMatchObject({ save: "saved", fieldProblems: {} });
});

test("two edits and a move follow each other, each on the revision of the one before", async () => {
  editSegment("s1", { prompt: "uno" });
  editSegment("s2", { prompt: "due" });
  const saved = saveEdits();
  const moved = moveSegmentTo("s2", 0);
  expect(openProject().segments.map((segment) => segment.id)).toEqual(["s2", "s1"]);
  await Promise.all([saved, moved]);
  expect(server.requests.filter((line) => line.startsWith("GET"))).toEqual([]);
  expect(server.order).toEqual(["s2", "s1"]);
  expect(shownPrompts()).toEqual(["due", "uno"]);
});
