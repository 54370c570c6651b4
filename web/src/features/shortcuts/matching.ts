// Finding commands by their words or by their keys.
import { comboText } from "@/commands/combo";
import type { Command } from "@/commands/command";
import { keysOf } from "@/commands/keymap";
import { IS_APPLE, useKeySettings } from "@/commands/keySettings";

/** The commands in which every word stands, in title, section, other words or keys. */
export function matching(commands: readonly Command[], words: string): Command[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return commands.filter((command) => {
    const text = textOf(command);
    return wanted.every((word) => text.includes(word));
  });
}

function textOf(command: Command): string {
  const keys = keysOf(command, useKeySettings.getState()).map((combo) =>
    comboText(combo, IS_APPLE),
  );
  return [command.title, command.section, command.words ?? "", ...keys].join(" ").toLowerCase();
}
