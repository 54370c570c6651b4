import { expect, test } from "vitest";
import type { Command } from "./command";
import {
  conflictsOf,
  DEFAULT_KEYS,
  keymapOf,
  keysOf,
  readKeySettings,
  resetKeys,
  withKey,
  withoutKey,
} from "./keymap";

const command = (id: string, ...keys: string[]): Command => ({
  id,
  title: id,
  section: "Edit",
  keys,
  run: () => undefined,
});
const SPLIT = command("edit.split", "S", "Mod+K");
const SNAP = command("timeline.snap", "N");
const ALL = [SPLIT, SNAP];

test("a preset replaces the keys that it names and leaves the others", () => {
  const premiere = { preset: "premiere", changed: {} } as const;
  expect(keysOf(SNAP, DEFAULT_KEYS)).toEqual(["N"]);
  expect(keysOf(SNAP, premiere)).toEqual(["S"]);
  expect(keysOf(SPLIT, premiere)).toEqual(["Mod+K"]);
  expect(keymapOf(ALL, premiere).get("S")?.id).toBe("timeline.snap");
});

test("a key that is taken moves over, and its former command says so first", () => {
  expect(conflictsOf(ALL, DEFAULT_KEYS, "edit.split", "N")).toEqual([SNAP]);
  expect(conflictsOf(ALL, DEFAULT_KEYS, "edit.split", "S")).toEqual([]);
  const settings = withKey(ALL, DEFAULT_KEYS, "edit.split", "N");
  expect(keysOf(SPLIT, settings)).toEqual(["S", "Mod+K", "N"]);
  expect(keysOf(SNAP, settings)).toEqual([]);
  expect(keymapOf(ALL, settings).get("N")).toBe(SPLIT);
});

test("going back gives the key back", () => {
  const settings = withKey(ALL, DEFAULT_KEYS, "edit.split", "N");
  const back = resetKeys(ALL, settings, "timeline.snap");
  expect(keysOf(SNAP, back)).toEqual(["N"]);
  expect(keysOf(SPLIT, back)).toEqual(["S", "Mod+K"]);
  expect(back.changed).toEqual({});
});

test("a command can lose its keys for good", () => {
  const settings = withoutKey(ALL, DEFAULT_KEYS, "timeline.snap", "N");
  expect(settings.changed).toEqual({ "timeline.snap": [] });
  expect(keymapOf(ALL, settings).get("N")).toBeUndefined();
});

test("what was written to a file is read again, and nonsense is told apart", () => {
  const settings = withKey(ALL, DEFAULT_KEYS, "edit.split", "Mod++");
  expect(readKeySettings(JSON.parse(JSON.stringify(settings)))).toEqual(settings);
  expect(() => readKeySettings(null)).toThrow("not a file");
  expect(() => readKeySettings({ preset: "avid", changed: {} })).toThrow('no preset "avid"');
  expect(() => readKeySettings({ preset: "default", changed: { x: ["Mod"] } })).toThrow('"x"');
  expect(() => readKeySettings({ preset: "default", changed: { x: "S" } })).toThrow('"x"');
});
