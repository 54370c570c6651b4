// @vitest-environment happy-dom
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Project } from "@/api/types";
import { changeDocument, EMPTY_DOCUMENT } from "@/lib/store/document";
import { usePlayer } from "@/lib/store/player";
import { select, useSession } from "@/lib/store/session";
import { isEnabled } from "./command";
import { giveKey, resetAll } from "./keySettings";
import { listenForKeys } from "./listen";
import { commandOf } from "./registry";
import { closeWindow, useWindow } from "./windows";

let stop: () => void;

beforeEach(() => {
  document.body.innerHTML = `
    <input id="field"><div id="words" contenteditable="true"></div>
    <button id="button">Press</button><div id="clip" tabindex="0" data-segment="s1">Clip</div>
    <button id="model" role="combobox">Model</button>
    <div role="dialog"><button id="inside">OK</button></div>
    <input id="slider" type="range"><div role="tablist"><button id="tab">Look</button></div>
    <aside aria-label="Inspector"><textarea id="prompt"></textarea></aside>`;
  stop = listenForKeys();
  useSession.setState({ isSnapping: true });
});
afterEach(() => {
  stop();
  resetAll();
  closeWindow();
  usePlayer.setState({ player: null, isPlaying: false });
});

interface Where {
  on?: string;
  altKey?: boolean;
  ctrlKey?: boolean;
  shiftKey?: boolean;
  repeat?: boolean;
}

function send(type: "keydown" | "keyup", key: string, code: string, where: Where): boolean {
  const { on, ...held } = where;
  const event = new KeyboardEvent(type, { key, code, bubbles: true, cancelable: true, ...held });
  (on ? document.getElementById(on) : document.body)?.dispatchEvent(event);
  return event.defaultPrevented;
}
const down = (key: string, code: string, where: Where = {}) => send("keydown", key, code, where);
const up = (key: string, code: string) => send("keyup", key, code, {});
const pressN = (where?: Where) => down("n", "KeyN", where);
const isSnapping = () => useSession.getState().isSnapping;

/** A transport that notes what it is asked for. */
function recorder(): string[] {
  const asked: string[] = [];
  const note = (name: string) => (value?: number) =>
    void asked.push([name, value].join(" ").trim());
  const player = {
    toggle: note("toggle"),
    seek: note("seek"),
    step: note("step"),
    fullScreen: note("fullScreen"),
    shuttle: (speed: number) => {
      asked.push(`shuttle ${speed}`);
      usePlayer.setState({ isPlaying: true, speed });
    },
    stop: () => {
      asked.push("stop");
      usePlayer.setState({ isPlaying: false });
    },
  };
  usePlayer.setState({ player });
  return asked;
}

test("a single key runs its command, once for each press", () => {
  expect(pressN()).toBe(true);
  expect(isSnapping()).toBe(false);
  pressN({ repeat: true });
  expect(isSnapping()).toBe(false);
});

test.each(["field", "words", "inside", "prompt"])("single keys belong to #%s", (on) => {
  expect(pressN({ on })).toBe(false);
  expect(isSnapping()).toBe(true);
});

test("the palette opens while something is being typed, and types nothing", () => {
  expect(down("P", "KeyP", { on: "field", ctrlKey: true, shiftKey: true })).toBe(true);
  expect(useWindow.getState().name).toBe("palette");
});

/** Clicks as a person does: the pointer goes down, and the focus follows. */
function point(id: string): void {
  const element = document.getElementById(id);
  element?.dispatchEvent(new PointerEvent("pointerdown", { bubbles: true }));
  element?.focus();
}
const space = (on: string) => {
  const isTaken = down(" ", "Space", { on });
  up(" ", "Space");
  return isTaken;
};

test("Space presses a button that the keyboard led to, and plays on a clip", () => {
  const asked = recorder();
  down("Tab", "Tab");
  document.getElementById("button")?.focus();
  expect(space("button")).toBe(false);
  expect(space("clip")).toBe(true);
  expect(asked).toEqual(["toggle"]);
});

test.each(["button", "model", "tab", "slider"])("Space plays after a click on #%s", (id) => {
  const asked = recorder();
  const heard: string[] = [];
  document.getElementById(id)?.addEventListener("keydown", ({ key }) => heard.push(key));
  point(id);
  expect(space(id)).toBe(true);
  expect(down("ArrowUp", "ArrowUp", { on: id })).toBe(id === "button");
  expect(space(id)).toBe(true);
  expect(asked).toEqual(["toggle", "toggle"]);
  expect(heard).toEqual(["ArrowUp"]);
});

test("what was clicked is pressed by Enter still, and by Space once the keyboard came back to it", () => {
  const asked = recorder();
  point("button");
  expect(down("Enter", "Enter", { on: "button" })).toBe(false);
  down("Tab", "Tab", { on: "button" });
  document.getElementById("tab")?.focus();
  document.getElementById("button")?.focus();
  expect(space("button")).toBe(false);
  point("button");
  expect(space("button")).toBe(true);
  expect(asked).toEqual(["toggle"]);
});

test.each(["field", "words", "prompt", "inside"])(
  "Space belongs to #%s after a click on it",
  (id) => {
    const asked = recorder();
    point(id);
    expect(space(id)).toBe(false);
    expect(asked).toEqual([]);
  },
);

test.each(["slider", "tab"])("the arrows move #%s, and letters run commands there", (on) => {
  const asked = recorder();
  expect(down("ArrowRight", "ArrowRight", { on })).toBe(false);
  expect(pressN({ on })).toBe(true);
  expect(asked).toEqual([]);
});

test("J, K and L shuttle: repeated faster, with K slowly and only while it is held", () => {
  const asked = recorder();
  for (let press = 0; press < 3; press++) {
    down("l", "KeyL");
    up("l", "KeyL");
  }
  down("j", "KeyJ");
  up("j", "KeyJ");
  down("k", "KeyK");
  down("l", "KeyL");
  up("l", "KeyL");
  up("k", "KeyK");
  expect(asked).toEqual([
    "shuttle 1",
    "shuttle 2",
    "shuttle 4",
    "shuttle -1",
    "stop",
    "shuttle 0.5",
    "stop",
  ]);
});

test("a key that moved runs its new command and no longer its old one", () => {
  giveKey("timeline.snap", "?");
  expect(down("?", "Slash", { shiftKey: true })).toBe(true);
  expect(isSnapping()).toBe(false);
  expect(useWindow.getState().name).toBeNull();
  resetAll();
  down("?", "Slash", { shiftKey: true });
  expect(useWindow.getState().name).toBe("shortcuts");
});

test("what cannot be done now does nothing, in the browser neither, and copying is the browser's", () => {
  expect(down("Delete", "Delete")).toBe(true);
  expect(down("ArrowLeft", "ArrowLeft", { altKey: true })).toBe(true);
  expect(down("k", "KeyK", { ctrlKey: true })).toBe(true);
  expect(down("c", "KeyC", { ctrlKey: true })).toBe(false);
  for (const on of ["field", "inside"]) {
    expect(down("d", "KeyD", { ctrlKey: true, on })).toBe(false);
    expect(down("Delete", "Delete", { on })).toBe(false);
  }
});

test("the key that opened a panel closes it, and no other works in there", () => {
  const panel = document.querySelector<HTMLElement>('[role="dialog"]');
  if (panel) panel.dataset.command = "film.plan";
  useSession.setState({ isPlanOpen: true });
  expect(pressN({ on: "inside" })).toBe(false);
  expect(down("p", "KeyP", { on: "inside" })).toBe(true);
  expect(useSession.getState().isPlanOpen).toBe(false);
});

/** Of the window, in px. */
const setWidth = (width: number) =>
  (window as unknown as { happyDOM: DetachedWindow }).happyDOM.setViewport({ width });
interface DetachedWindow {
  setViewport: (size: { width: number }) => void;
}

test("where there is no room to cut, nothing is cut, and what else there is works", () => {
  const asked = recorder();
  const segments = [{ id: "s1", order_index: 0, media: null, model_params: {} }];
  const base = { id: "p", segments, settings: { fps: 24 } } as unknown as Project;
  changeDocument(() => ({ ...EMPTY_DOCUMENT, base }));
  select("s1");
  const isOn = (id: string) => isEnabled(commandOf(id));
  expect([isOn("edit.delete"), isOn("segment.trim")]).toEqual([true, true]);
  setWidth(800);
  expect(down("Delete", "Delete")).toBe(true);
  expect(["edit.delete", "edit.cut", "segment.trim", "take.new"].map(isOn)).toEqual([
    false,
    false,
    false,
    true,
  ]);
  down(" ", "Space");
  expect(asked).toEqual(["toggle"]);
  setWidth(1024);
  changeDocument(() => EMPTY_DOCUMENT);
});
