import { expect, test } from "vitest";
import { ApiProblem } from "@/api/problem";
import { isLost, purchase } from "./purchase";

test("what was decided is sent again as it is, under the same id", async () => {
  const sent: string[] = [];
  let decisions = 0;
  const send = purchase(async (id) => {
    decisions += 1;
    const what = `decision ${decisions} as ${id}`;
    return async () => {
      sent.push(what);
      if (sent.length === 1) throw new ApiProblem(0, {});
    };
  });
  await expect(send()).rejects.toThrow();
  await send();
  expect(decisions).toBe(1);
  expect(sent[1]).toBe(sent[0]);
});

test("what could not be decided is decided anew, and every purchase has an id of its own", async () => {
  const ids: string[] = [];
  const decide = async (id: string) => {
    ids.push(id);
    if (ids.length === 1) throw new ApiProblem(503, {});
    return async () => undefined;
  };
  const send = purchase(decide);
  await expect(send()).rejects.toThrow();
  await send();
  await purchase(decide)();
  expect(ids[1]).toBe(ids[0]);
  expect(ids[2]).not.toBe(ids[0]);
});

test("an answer is lost, or it is a refusal", () => {
  expect([0, 502, 503].map((status) => isLost(new ApiProblem(status, {})))).toEqual([
    true,
    true,
    true,
  ]);
  expect([402, 404, 409, 422].some((status) => isLost(new ApiProblem(status, {})))).toBe(false);
  expect(isLost(new TypeError("failed to fetch"))).toBe(true);
});
