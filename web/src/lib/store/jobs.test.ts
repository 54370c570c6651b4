import { expect, test } from "vitest";
import { noteMaking, useJobs } from "./jobs";

test("news of a job are one change, and tell no more how far the work before it was", () => {
  useJobs.setState({ progress: { s1: 0.4, s2: 0.6 }, making: { s1: ["old"] } });
  let changes = 0;
  const stop = useJobs.subscribe(() => {
    changes += 1;
  });
  noteMaking("s1", "new", true);
  expect(useJobs.getState()).toEqual({ progress: { s2: 0.6 }, making: { s1: ["old", "new"] } });
  noteMaking("s1", "old", false);
  expect(useJobs.getState().making.s1).toEqual(["new"]);
  expect(changes).toBe(2);
  stop();
});
