import { beforeEach, expect, test } from "vitest";
import type { Project } from "@/api/types";
import { adopt, changeDocument, EMPTY_DOCUMENT, useDocument } from "./document";

const segment = (id: string, order_index: number, status: string) => ({
  id,
  order_index,
  status,
  model_params: { model: "mock-ai", duration: 2 },
  other_jobs: [],
});

/** As it comes from the server: nothing of it is an object that was there before. */
const told = (revision: number, statuses: readonly string[]): Project =>
  ({
    id: "film",
    name: "Film",
    revision,
    settings: { width: 1280, height: 720, fps: 24 },
    segments: statuses.map((status, at) => segment(`s${at}`, at, status)),
  }) as unknown as Project;

beforeEach(() => changeDocument(() => EMPTY_DOCUMENT));

const shown = () => useDocument.getState().project?.segments ?? [];

test("segments of which the server says nothing new stay the same objects", () => {
  adopt(told(1, ["pending", "pending", "pending"]));
  const before = shown();
  adopt(told(2, ["pending", "generating", "pending"]));
  const after = shown();
  expect(after.map(({ status }) => status)).toEqual(["pending", "generating", "pending"]);
  expect(after.map((one, at) => one === before[at])).toEqual([true, false, true]);
  expect(useDocument.getState().project?.revision).toBe(2);
});

test("what is older than what is shown changes nothing", () => {
  adopt(told(3, ["completed"]));
  adopt(told(2, ["pending"]));
  expect(shown()[0]?.status).toBe("completed");
});
