// @vitest-environment happy-dom
import "fake-indexeddb/auto";
import { toast } from "sonner";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Plan, Price, Segment } from "@/api/types";
import { FakeServer } from "@/lib/fakeServer";
import { keys, queryClient } from "@/lib/queryClient";
import { changeDocument, openProject } from "@/lib/store/document";
import { startChanged, startTakes, tryAgain } from "./generate";
import { closeWindow, useWindow } from "./windows";

interface Sent {
  path: string;
  body: Record<string, unknown>;
}

const price = (high: string, is_known = true): Price => ({
  low: high,
  high,
  currency: "USD",
  is_known,
});

const row = (segment_id: string, is_under_way = false, its = price("0.60")) =>
  ({ segment_id, action: "generate", is_under_way, price: its, seconds: 1 }) as never;

/** What was asked for; the answers to the first `lost` of them do not arrive. */
let sent: Sent[];
let lost: number;
/** The server's. */
let plan: Plan;
let leave: () => void;

beforeEach(() => {
  const server = new FakeServer({ s1: "one", s2: "two" });
  const giveBack = server.install();
  const others = globalThis.fetch;
  sent = [];
  lost = 0;
  globalThis.fetch = (async (request: Request) => {
    const path = new URL(request.url).pathname;
    if (path.endsWith("/plan")) return Response.json(plan);
    if (!/(takes|generate)$/.test(path) || request.method !== "POST") return others(request);
    sent.push({ path, body: (await request.json()) as Record<string, unknown> });
    if (sent.length <= lost) throw new TypeError("the answer is lost");
    return Response.json({}, { status: 202 });
  }) as typeof fetch;
  leave = giveBack;
});

afterEach(() => {
  leave();
  toast.dismiss();
  closeWindow();
  queryClient.clear();
});

const planned = (...segments: Plan["segments"]) => {
  plan = { segments, price: price("1.20"), ready: true } as unknown as Plan;
  queryClient.setQueryData(keys.plan("p"), plan);
  return plan;
};

/** What the button of the newest message does. */
async function newestButton(): Promise<() => void> {
  const newest = await until(() => toast.getToasts().findLast((one) => "action" in one));
  return (newest as unknown as { action: { onClick: () => void } }).action.onClick;
}

/** Presses the button of the newest message. */
async function pressTryAgain(): Promise<void> {
  (await newestButton())();
  await until(() => (sent.length > 1 ? sent : undefined));
}

async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look();
    if (found !== undefined) return found;
    await new Promise((resume) => setTimeout(resume, 5));
  }
}

test("a lost answer is asked for again under the same id", async () => {
  planned();
  lost = 1;
  await startTakes("s1", 4, price("2.40"));
  await pressTryAgain();
  expect(sent[0]?.body).toMatchObject({ count: 4, max_cost: "2.40" });
  expect(sent[1]).toEqual(sent[0]);
});

test("a first take that is under way by then is not made a second one", async () => {
  planned(row("s1"));
  lost = 1;
  await startTakes("s1", 1, price("0.60"));
  planned(row("s1", true));
  await pressTryAgain();
  expect(sent[0]?.path).toBe("/api/projects/p/generate");
  expect(sent[1]).toEqual(sent[0]);
});

test("all that changed is one request, for the price that was agreed to", async () => {
  await startChanged(planned(row("s1"), row("s2")));
  expect(sent).toHaveLength(1);
  expect(sent[0]?.body).toMatchObject({ segment_ids: ["s1", "s2"], max_cost: "1.20" });
});

test("what failed is tried again for the price of its button, or asks where that is not known", async () => {
  const segment = openProject().segments[0] as Segment;
  planned(row("s1"));
  tryAgain(segment);
  await until(() => sent[0]);
  expect(sent[0]?.body.max_cost).toBe("0.60");
  queryClient.clear();
  tryAgain(segment);
  expect(useWindow.getState()).toMatchObject({ name: "new-takes", segmentId: "s1" });
  expect(sent).toHaveLength(1);
});

test("what cannot be kept under one price is bought apart, each part that can be under its own", async () => {
  const unknown = price("0", false);
  const euros = { ...price("0.25"), currency: "EUR" };
  lost = 1;
  await startChanged(
    planned(row("s1"), row("s2", false, unknown), row("s3", false, euros), row("s4")),
  );
  const bodies = sent.map(({ body }) => body);
  expect(bodies).toMatchObject([
    { segment_ids: ["s1", "s4"], max_cost: "1.20" },
    { segment_ids: ["s2"] },
    { segment_ids: ["s3"], max_cost: "0.25" },
  ]);
  expect(bodies[1]).not.toHaveProperty("max_cost");
  expect(new Set(bodies.map(({ id }) => id)).size).toBe(3);
  // The answer to the first was lost: it alone is sent again.
  await pressTryAgain();
  await until(() => sent[3]);
  expect(sent[3]).toEqual(sent[0]);
  expect(sent).toHaveLength(4);
});

test("what is sent again is for the project that it was asked for in", async () => {
  planned(row("s1"));
  // Nothing could be decided yet: the plan is not there.
  queryClient.clear();
  const { fetch } = globalThis;
  let isPlanLost = true;
  globalThis.fetch = (async (request: Request) => {
    if (isPlanLost && request.url.endsWith("/plan")) return Response.json({}, { status: 503 });
    return fetch(request);
  }) as typeof fetch;
  await startTakes("s1", 1, price("0.60"));
  expect(sent).toEqual([]);
  isPlanLost = false;
  changeDocument(({ base }) => ({ base: base && { ...base, id: "other" } }));
  (await newestButton())();
  await until(() => sent[0]);
  expect(sent[0]?.path).toBe("/api/projects/p/generate");
});
