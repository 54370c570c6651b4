// The keys that this person uses, remembered in this browser; and how commands show them.
import { create } from "zustand";
import { comboText, spokenCombo } from "./combo";
import type { Command } from "./command";
import {
  DEFAULT_KEYS,
  type KeySettings,
  keymapOf,
  keysOf,
  readKeySettings,
  resetKeys,
  withKey,
  withoutKey,
} from "./keymap";
import type { PresetId } from "./presets";
import { COMMANDS, commandOf } from "./registry";

const KEY = "video-foundry.keys";

export const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.platform);

export const useKeySettings = create<KeySettings>(remembered);

/** What cannot be read any more counts as never set. */
function remembered(): KeySettings {
  try {
    return readKeySettings(JSON.parse(localStorage.getItem(KEY) ?? "null"));
  } catch {
    return DEFAULT_KEYS;
  }
}

function change(next: KeySettings): void {
  localStorage.setItem(KEY, JSON.stringify(next));
  useKeySettings.setState(next, true);
}

const now = () => useKeySettings.getState();

/** Takes another preset; what was changed by hand goes. */
export const choosePreset = (preset: PresetId): void => change({ preset, changed: {} });

/** Gives a command one more combination; whoever had it loses it. */
export const giveKey = (id: string, combo: string): void =>
  change(withKey(COMMANDS, now(), id, combo));

export const takeKey = (id: string, combo: string): void =>
  change(withoutKey(COMMANDS, now(), id, combo));

export const resetCommand = (id: string): void => change(resetKeys(COMMANDS, now(), id));

/** Back to the preset as it comes. */
export const resetAll = (): void => change({ preset: now().preset, changed: {} });

export const exportKeys = (): string => `${JSON.stringify(now(), null, 2)}\n`;

/** Throws an Error that says what is wrong with the text. */
export function importKeys(text: string): void {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error("This is not a JSON file.");
  }
  change(readKeySettings(value));
}

/** What a combination runs now. */
export const commandFor = (combo: string): Command | undefined => keymap(now()).get(combo);

let known: { settings: KeySettings; map: ReadonlyMap<string, Command> } | null = null;

/** Worked out once for each change of the keys. */
function keymap(settings: KeySettings): ReadonlyMap<string, Command> {
  if (known?.settings !== settings) known = { settings, map: keymapOf(COMMANDS, settings) };
  return known.map;
}

/** The first key of a command as people read it, such as "Ctrl D"; undefined where it has none. */
export function useKeyText(id: string): string | undefined {
  return useKeySettings((settings) => keyText(id, settings));
}

export function keyText(id: string, settings: KeySettings = now()): string | undefined {
  const combo = keysOf(commandOf(id), settings)[0];
  return combo && comboText(combo, IS_APPLE);
}

/** For aria-keyshortcuts: every key of a command. */
export const useSpokenKeys = (id: string): string =>
  useKeySettings((settings) =>
    keysOf(commandOf(id), settings)
      .map((combo) => spokenCombo(combo, IS_APPLE))
      .join(" "),
  );
