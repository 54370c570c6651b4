// Finding commands by their words or by their keys.
import { comboText } from "@/commands/combo";
import type { Command } from "@/commands/command";
import type { FocusKey } from "@/commands/focusKeys";
import { keysOf } from "@/commands/keymap";
import { IS_APPLE, useKeySettings } from "@/commands/keySettings";

/** The commands in which every word stands, in title, section, other words or keys. */
export const matching = (commands: readonly Command[], words: string): Command[] =>
  commands.filter((command) =>
    hasAll(words, [
      command.title,
      command.section,
      command.words ?? "",
      ...keysOf(command, useKeySettings.getState()).map(shown),
    ]),
  );

/** The same of keys that cannot be changed, in the section `section`. */
export const matchingFixed = (
  keys: readonly FocusKey[],
  section: string,
  words: string,
): FocusKey[] =>
  keys.filter(({ title, combos }) => hasAll(words, [title, section, ...combos.map(shown)]));

const shown = (combo: string) => comboText(combo, IS_APPLE);

function hasAll(words: string, told: readonly string[]): boolean {
  const text = told.join(" ").toLowerCase();
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return wanted.every((word) => text.includes(word));
}
