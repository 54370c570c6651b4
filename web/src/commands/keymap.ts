// Which keys run which command: a preset, and over it what the person changed. Pure.
import { isCombo } from "./combo";
import type { Command } from "./command";
import { isPreset, PRESET_KEYS, type PresetId } from "./presets";

/** As it is kept, and as it is written to a file. */
export interface KeySettings {
  preset: PresetId;
  /** Command id -> its combinations; an empty list takes the keys away. */
  changed: Readonly<Record<string, readonly string[]>>;
}

export const DEFAULT_KEYS: KeySettings = { preset: "default", changed: {} };

/** What the preset gives a command. */
export const presetKeys = ({ id, keys }: Command, preset: PresetId): readonly string[] =>
  PRESET_KEYS[preset][id] ?? keys;

/** The combinations of a command, the one to show first. */
export const keysOf = (command: Command, settings: KeySettings): readonly string[] =>
  settings.changed[command.id] ?? presetKeys(command, settings.preset);

/** Every combination and what it runs. Of two commands with the same one, the first in the list counts. */
export function keymapOf(
  commands: readonly Command[],
  settings: KeySettings,
): ReadonlyMap<string, Command> {
  const map = new Map<string, Command>();
  for (const command of commands)
    for (const combo of keysOf(command, settings)) if (!map.has(combo)) map.set(combo, command);
  return map;
}

/** The other commands that a combination runs already. */
export const conflictsOf = (
  commands: readonly Command[],
  settings: KeySettings,
  id: string,
  combo: string,
): Command[] =>
  commands.filter((command) => command.id !== id && keysOf(command, settings).includes(combo));

/** Adds a combination to a command, and takes it away from every other one. */
export function withKey(
  commands: readonly Command[],
  settings: KeySettings,
  id: string,
  combo: string,
): KeySettings {
  const changed = { ...settings.changed };
  for (const other of conflictsOf(commands, settings, id, combo))
    changed[other.id] = keysOf(other, settings).filter((one) => one !== combo);
  const command = commands.find((one) => one.id === id);
  const before = command ? keysOf(command, settings) : [];
  changed[id] = [...before.filter((one) => one !== combo), combo];
  return tidied(commands, { ...settings, changed });
}

/** Takes a combination away from a command. */
export function withoutKey(
  commands: readonly Command[],
  settings: KeySettings,
  id: string,
  combo: string,
): KeySettings {
  const command = commands.find((one) => one.id === id);
  if (command === undefined) return settings;
  const rest = keysOf(command, settings).filter((one) => one !== combo);
  return tidied(commands, { ...settings, changed: { ...settings.changed, [id]: rest } });
}

/** Gives a command the keys of the preset again, and takes those from whoever has them now. */
export function resetKeys(
  commands: readonly Command[],
  settings: KeySettings,
  id: string,
): KeySettings {
  const command = commands.find((one) => one.id === id);
  if (command === undefined) return settings;
  const { [id]: _own, ...changed } = settings.changed;
  return presetKeys(command, settings.preset).reduce<KeySettings>(
    (next, combo) => withKey(commands, next, id, combo),
    { ...settings, changed: { ...changed, [id]: [] } },
  );
}

/** Without what is the same as in the preset. */
function tidied(commands: readonly Command[], settings: KeySettings): KeySettings {
  const kept = Object.entries(settings.changed).filter(([id, combos]) => {
    const command = commands.find((one) => one.id === id);
    return command === undefined || !same(combos, presetKeys(command, settings.preset));
  });
  return { ...settings, changed: Object.fromEntries(kept) };
}

const same = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((combo, index) => combo === b[index]);

/**
 * Key settings out of a parsed file or what this browser kept. Throws an Error that says what is
 * wrong; commands that do not exist here are kept, because another version may know them.
 */
export function readKeySettings(value: unknown): KeySettings {
  if (!isRecord(value)) throw new Error("This is not a file of keyboard shortcuts.");
  const { preset, changed } = value;
  if (!isPreset(preset)) throw new Error(`There is no preset "${String(preset)}".`);
  if (!isRecord(changed)) throw new Error('"changed" has to name commands and their keys.');
  for (const [id, combos] of Object.entries(changed)) {
    if (!isComboList(combos)) throw new Error(`The keys of "${id}" cannot be read.`);
  }
  return { preset, changed: changed as KeySettings["changed"] };
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isComboList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((combo) => typeof combo === "string" && isCombo(combo));
