// Listens for the keys that a command is to have, and asks before they are taken from another one.
import { type KeyboardEvent, useState } from "react";
import { comboOf, comboText, keycaps } from "@/commands/combo";
import type { Command } from "@/commands/command";
import { conflictsOf } from "@/commands/keymap";
import { giveKey, IS_APPLE, useKeySettings } from "@/commands/keySettings";
import { COMMANDS } from "@/commands/registry";
import { announce } from "@/lib/store/session";
import { Button } from "@/ui/Button";
import { Keys } from "@/ui/Keys";

interface KeyRecorderProps {
  command: Command;
  onDone: () => void;
}

export function KeyRecorder({ command, onDone }: KeyRecorderProps) {
  const [combo, setCombo] = useState<string | null>(null);
  const settings = useKeySettings();
  const others = combo === null ? [] : conflictsOf(COMMANDS, settings, command.id, combo);
  const give = (keys: string) => {
    giveKey(command.id, keys);
    announce(`${command.title}: ${comboText(keys, IS_APPLE)}`);
    onDone();
  };
  if (combo !== null && others.length > 0) {
    return (
      <div role="alert" className="flex w-full flex-wrap items-center gap-2 pb-1 text-xs text-warn">
        <span className="flex flex-1 items-center gap-1.5">
          <Keys caps={keycaps(combo, IS_APPLE)} />
          belongs to “{others.map(({ title }) => title).join("”, “")}”.
        </span>
        <Button size="sm" look="quiet" onClick={() => setCombo(null)}>
          Other keys
        </Button>
        <Button size="sm" autoFocus onClick={() => give(combo)}>
          Move it here
        </Button>
      </div>
    );
  }
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Tab") return onDone();
    event.preventDefault();
    event.stopPropagation();
    event.nativeEvent.stopImmediatePropagation();
    const pressed = comboOf(event.nativeEvent, IS_APPLE);
    if (pressed === "Escape") return onDone();
    if (pressed === null) return;
    if (conflictsOf(COMMANDS, settings, command.id, pressed).length > 0) setCombo(pressed);
    else give(pressed);
  };
  return (
    <button
      type="button"
      // biome-ignore lint/a11y/noAutofocus: the next key pressed is what was asked for
      autoFocus
      aria-label={`Press the new keys, or Escape: ${command.title}`}
      onKeyDown={onKeyDown}
      className="mb-1 w-full rounded-lg border border-dashed border-accent bg-accent-soft py-1.5 text-center text-xs text-accent"
    >
      Press the new keys, or Escape
    </button>
  );
}
