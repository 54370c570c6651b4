import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeServer } from "./fakeServer";
import { loadAhead, loadOpened } from "./loadProject";

let server: FakeServer;
let uninstall: () => void;

beforeEach(() => {
  server = new FakeServer({ a: "one" });
  uninstall = server.install();
});
afterEach(() => uninstall());

const asked = () => server.requests.filter((one) => one === "GET /api/projects/0b").length;

test("a project that was asked for ahead is asked for once, and anew when it is opened again", async () => {
  loadAhead("/projects/0b");
  expect((await loadOpened("0b")).project.name).toBe("film");
  expect(asked()).toBe(1);
  await loadOpened("0b");
  expect(asked()).toBe(2);
});

test("other pages and other projects get nothing that was not meant for them", async () => {
  loadAhead("/settings");
  expect(server.requests).toEqual([]);
  loadAhead("/projects/0a");
  await loadOpened("0b");
  expect(asked()).toBe(1);
});

test("what went wrong ahead is told to whoever opens it, and may be tried again", async () => {
  uninstall();
  const real = globalThis.fetch;
  globalThis.fetch = () => Promise.reject(new TypeError("away"));
  loadAhead("/projects/0b");
  await expect(loadOpened("0b")).rejects.toThrow();
  globalThis.fetch = real;
  uninstall = server.install();
  expect((await loadOpened("0b")).project.name).toBe("film");
});
