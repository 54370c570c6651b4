// @vitest-environment happy-dom
import { act, createElement } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FakeServer } from "@/lib/fakeServer";
import { usePlayer } from "@/lib/store/player";
import { useSession } from "@/lib/store/session";
import { useShowSelected } from "./useShowSelected";

function Probe() {
  useShowSelected();
  return null;
}

const choose = (selectedId: string) => act(() => useSession.setState({ selectedId }));
const time = () => usePlayer.getState().time;

let leave: () => void;

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true });
  const giveBack = new FakeServer({ s1: "one", s2: "two", s3: "three" }).install();
  useSession.setState({ selectedId: "s1" });
  usePlayer.setState({ time: 0, player: null, isPlaying: false });
  const root = createRoot(document.createElement("div"));
  act(() => root.render(createElement(Probe)));
  leave = () => {
    act(() => root.unmount());
    giveBack();
  };
});

afterEach(() => leave());

test("the playhead is on what was chosen at once, and no earlier choice takes it back later", async () => {
  choose("s2");
  expect(time()).toBe(5);
  choose("s3");
  expect(time()).toBe(10);
  usePlayer.setState({ time: 3 });
  await new Promise((resume) => requestAnimationFrame(() => setTimeout(resume)));
  expect(time()).toBe(3);
});
