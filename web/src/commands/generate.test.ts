// @vitest-environment happy-dom
import "fake-indexeddb/auto";
import { toast } from "sonner";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Plan, Price, Segment } from "@/api/types";
import { FakeServer } from "@/lib/fakeServer";
import { keys, queryClient } from "@/lib/queryClient";
import { openProject } from "@/lib/store/document";
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

const row = (segment_id: string, is_under_way = false) =>
  ({ segment_id, action: "generate", is_under_way, price: price("0.60"), seconds: 1 }) as never;

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

/** Presses the button of the newest message. */
async function pressTryAgain(): Promise<void> {
  const newest = await until(() => toast.getToasts().findLast((one) => "action" in one));
  const action =
    "action" in newest ? (newest.action as unknown as { onClick: () => void }) : undefined;
  action?.onClick();
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
