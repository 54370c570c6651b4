import { QueryObserver } from "@tanstack/react-query";
import { afterEach, expect, test, vi } from "vitest";
import { keys, queryClient } from "./queryClient";
import { refreshTakes, refreshTakesSoon } from "./refresh";

afterEach(() => queryClient.clear());

const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

/** A list that the server answers when it is told to, with what there was when it was asked. */
function slowList() {
  const server = { takes: 1, asked: 0 };
  const answers: (() => void)[] = [];
  const observer = new QueryObserver(queryClient, {
    queryKey: keys.takes("s1"),
    queryFn: () => {
      const { takes } = server;
      server.asked += 1;
      return new Promise<number>((resolve) => answers.push(() => resolve(takes)));
    },
  });
  const stop = observer.subscribe(() => undefined);
  return { server, observer, stop, answer: () => answers.shift()?.() };
}

test("news that come while a list is fetched for the first time are not lost", async () => {
  const { server, observer, stop, answer } = slowList();
  await settled();
  server.takes = 2;
  refreshTakes();
  await settled();
  answer();
  await settled();
  answer();
  await settled();
  expect(observer.getCurrentResult().data).toBe(2);
  stop();
});

test("news that come while a list is fetched again are not lost", async () => {
  const { server, observer, stop, answer } = slowList();
  await settled();
  answer();
  await settled();
  refreshTakes();
  await settled();
  server.takes = 2;
  refreshTakes();
  await settled();
  answer();
  answer();
  await settled();
  expect(observer.getCurrentResult().data).toBe(2);
  stop();
});

test("of many takes that come at once the list is asked for once", async () => {
  const { server, stop, answer } = slowList();
  await settled();
  answer();
  for (let take = 0; take < 8; take += 1) refreshTakesSoon();
  await vi.waitFor(() => expect(server.asked).toBe(2));
  answer();
  await settled();
  expect(server.asked).toBe(2);
  stop();
});
