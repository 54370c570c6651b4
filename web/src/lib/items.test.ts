import { afterEach, beforeEach, expect, test } from "vitest";
import type { Project, Segment } from "@/api/types";
import { saveEdits } from "./actions/editSegment";
import { addItem, deleteItem, editItem, moveItem } from "./actions/items";
import type { Item } from "./itemRequests";
import { changeDocument, EMPTY_DOCUMENT, useDocument } from "./store/document";
import { useSession } from "./store/session";
import { reload } from "./store/writes";

/** A server of a few lines that keeps items, with revisions and the real rule about stale writes. */
class Server {
  revision = 5;
  items: Item[] = ["i1", "i2"].map((id) => text(id, id));
  refuse: object | null = null;
  readonly requests: string[] = [];

  readonly project = (): Project =>
    ({ id: "p", revision: this.revision, segments: [] as Segment[] }) as unknown as Project;

  readonly fetch = async (request: Request): Promise<Response> => {
    const path = new URL(request.url).pathname;
    this.requests.push(`${request.method} ${path}`);
    if (request.method === "GET") {
      return Response.json(path.endsWith("/items") ? this.items : this.project());
    }
    const based = Number(request.headers.get("if-match")?.replaceAll('"', ""));
    if (based !== this.revision) return Response.json({ code: "stale_revision" }, { status: 409 });
    if (this.refuse) return Response.json(this.refuse, { status: 422 });
    this.revision += 1;
    return this.write(request, path);
  };

  private async write(request: Request, path: string): Promise<Response> {
    const id = path.split("/").at(-1) as string;
    if (request.method === "DELETE") {
      this.items = this.items.filter((item) => item.id !== id);
      return new Response(null, { status: 204 });
    }
    const body = (await request.json()) as {
      item_ids?: string[];
      fields?: object;
      text?: string;
    };
    if (body.item_ids) {
      const place = body.item_ids;
      this.items = this.items.toSorted((a, b) => place.indexOf(a.id) - place.indexOf(b.id));
      return Response.json(this.items);
    }
    if (request.method === "POST") {
      this.items = [...this.items, text(`new-${body.text}`, body.text ?? "")];
      return Response.json(this.items.at(-1), { status: 201 });
    }
    this.items = this.items.map((item) =>
      item.id === id ? { ...item, fields: { ...item.fields, ...body.fields } } : item,
    );
    return Response.json(this.items.find((item) => item.id === id));
  }
}

const text = (id: string, words: string): Item => ({
  id,
  project_id: "p",
  kind: "text",
  segment: null,
  media: null,
  fields: { text: words, start: 1 },
  created_at: "2026-01-01T00:00:00Z",
  updated_at: "2026-01-01T00:00:00Z",
});

let server: Server;
const realFetch = globalThis.fetch;
const shown = () => useDocument.getState().items.map(({ fields }) => fields.text);

beforeEach(() => {
  server = new Server();
  globalThis.fetch = ((input: Request) => server.fetch(input)) as typeof fetch;
  useSession.setState({ selectedItemId: null });
  changeDocument(() => ({
    ...EMPTY_DOCUMENT,
    base: server.project(),
    baseItems: server.items,
  }));
});

afterEach(() => {
  globalThis.fetch = realFetch;
});

test("edits of an item show at once, add up, and are saved in one write on the known revision", async () => {
  editItem("i1", { fields: { text: "uno" } });
  editItem("i1", { fields: { start: 2 } });
  expect(shown()).toEqual(["uno", "i2"]);
  expect(useDocument.getState().save).toBe("waiting");
  await saveEdits();
  expect(server.requests).toEqual(["PATCH /api/items/i1"]);
  expect(server.items[0]?.fields).toEqual({ text: "uno", start: 2 });
  expect(useDocument.getState()).toMatchObject({ save: "saved", itemEdits: {}, itemSending: {} });
});

test("an edit goes on top of what somebody else did", async () => {
  server.revision = 9;
  editItem("i2", { fields: { text: "due" } });
  await saveEdits();
  expect(server.requests.map((line) => line.split(" ")[0])).toEqual(["PATCH", "GET", "PATCH"]);
  expect(server.items[1]?.fields.text).toBe("due");
});

test("a refused edit stays on the screen with the reason, and goes with the next one", async () => {
  server.refuse = { errors: [{ field: "style.size", message: "too large", fix: "smaller" }] };
  editItem("i1", { fields: { style: { size: 9 } } });
  await saveEdits();
  expect(useDocument.getState()).toMatchObject({ save: "failed" });
  expect(useDocument.getState().fieldProblems.i1).toMatchObject([{ field: "style.size" }]);
  server.refuse = null;
  editItem("i1", { fields: { style: { size: 0.1 }, text: "uno" } });
  expect(useDocument.getState().fieldProblems).toEqual({});
  await saveEdits();
  expect(server.items[0]?.fields).toMatchObject({ style: { size: 0.1 }, text: "uno" });
});

test("added, moved and removed; what is removed is no longer looked at", async () => {
  await addItem({ kind: "text", text: "three" });
  expect(useSession.getState().selectedItemId).toBe("new-three");
  await moveItem("new-three", -1);
  expect(shown()).toEqual(["i1", "three", "i2"]);
  await deleteItem("new-three");
  expect(useSession.getState().selectedItemId).toBeNull();
  expect([shown(), server.items.length]).toEqual([["i1", "i2"], 2]);
});

test("news from elsewhere brings the items along, and leaves unsaved edits on top", async () => {
  server.revision = 7;
  server.items = [text("i1", "theirs"), text("i9", "new")];
  editItem("i1", { fields: { start: 4 } });
  await reload();
  expect(shown()).toEqual(["theirs", "new"]);
  expect(useDocument.getState().items[0]?.fields.start).toBe(4);
});
