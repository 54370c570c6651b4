import "fake-indexeddb/auto";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { FakeServer } from "../fakeServer";

/** The browser's locks, which go with the window that holds them. */
class Locks {
  held = new Set<string>();
  request = async (name: string) => void this.held.add(name);
  query = async () => ({ held: [...this.held].map((name) => ({ name })) });
}

const locks = new Locks();
const realNavigator = Object.getOwnPropertyDescriptor(globalThis, "navigator");
let server: FakeServer;
let leave: () => void;
let isCut = false;
let count = 0;
const killed = new Set<string>();

beforeEach(() => {
  Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });
  server = new FakeServer({ s1: "one", s2: "two" });
  count += 1;
  server.project = { ...server.project, id: `p${count}` };
  leave = server.install();
  const answer = globalThis.fetch as (request: Request) => Promise<Response>;
  globalThis.fetch = (async (request: Request) => {
    if (isCut || (await isFromKilled(request))) throw new TypeError("no network");
    return answer(request);
  }) as typeof fetch;
});

async function isFromKilled(request: Request): Promise<boolean> {
  if (request.method !== "POST") return false;
  const { client } = (await request.clone().json()) as { client: string };
  return killed.has(client);
}

afterEach(() => {
  leave();
  isCut = false;
  locks.held.clear();
  if (realNavigator) Object.defineProperty(globalThis, "navigator", realNavigator);
  else Reflect.deleteProperty(globalThis, "navigator");
});

/** A window of its own on the project: nothing of it is known to the others. */
async function openWindow() {
  vi.resetModules();
  const [{ openDocument }, { editSegment }, { undo }, { redo }, { keepOutbox }, writes] =
    await Promise.all([
      import("./opening"),
      import("../actions/editSegment"),
      import("../actions/undo"),
      import("../actions/redo"),
      import("./outbox"),
      import("./writes"),
    ]);
  const [{ keepHistory, useHistory }, { openProject }, { CLIENT }] = await Promise.all([
    import("./history"),
    import("./document"),
    import("../ids"),
  ]);
  openDocument({ project: structuredClone(server.project), items: [] });
  await vi.waitFor(() => expect(locks.held.has(`video-foundry-window:${CLIENT}`)).toBe(true));
  const prompts = () => openProject().segments.map(({ prompt }) => prompt);
  return {
    edit: (prompt: string) => editSegment("s1", { prompt }),
    undo,
    redo,
    prompts,
    flush: writes.flush,
    keep: () => Promise.all([keepOutbox(), keepHistory()]),
    canUndo: () => useHistory.getState().canUndo,
    /** It is gone from one moment to the next; what it has written down stays. */
    kill: () => {
      killed.add(CLIENT);
      locks.held.delete(`video-foundry-window:${CLIENT}`);
    },
  };
}

test("what a killed window had not sent is shown and sent by the next one", async () => {
  isCut = true;
  const first = await openWindow();
  first.edit("typed without a network");
  await first.keep();
  first.kill();
  isCut = false;
  const second = await openWindow();
  await vi.waitFor(() => expect(second.prompts()[0]).toBe("typed without a network"));
  await vi.waitFor(() => expect(server.prompts[0]).toBe("typed without a network"));
});

test("what a killed window had sent is not done again over what came later", async () => {
  server.isDeaf = true;
  const first = await openWindow();
  first.edit("arrived, but no answer came");
  await first.flush();
  await first.keep();
  first.kill();
  server.isDeaf = false;
  const set = { prompt: "later" };
  const was = { prompt: "arrived, but no answer came" };
  server.apply([{ type: "edit_segment", segment: "s1", set, was, id: "later", step: "later" }]);
  const second = await openWindow();
  await second.flush();
  await vi.waitFor(() => expect(second.prompts()[0]).toBe("later"));
  expect(server.prompts[0]).toBe("later");
});

test("a window that is open keeps its unsent edits and its history to itself", async () => {
  isCut = true;
  const first = await openWindow();
  first.edit("still being typed");
  await first.keep();
  const second = await openWindow();
  await new Promise((done) => setTimeout(done, 30));
  expect(second.prompts()[0]).toBe("one");
  expect(second.canUndo()).toBe(false);
  first.kill();
  const third = await openWindow();
  await vi.waitFor(() => expect(third.prompts()[0]).toBe("still being typed"));
});

test("undo and redo survive the window", async () => {
  const first = await openWindow();
  first.edit("changed");
  await first.flush();
  await first.keep();
  first.kill();
  const second = await openWindow();
  await vi.waitFor(() => expect(second.canUndo()).toBe(true));
  second.undo();
  expect(second.prompts()[0]).toBe("one");
  await second.flush();
  expect(server.prompts[0]).toBe("one");
  second.redo();
  await second.flush();
  expect(server.prompts[0]).toBe("changed");
});
