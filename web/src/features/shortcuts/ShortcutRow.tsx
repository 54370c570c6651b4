// One command with its keys: add one, take one away, go back to the preset's.
import { Plus, RotateCcw, X } from "lucide-react";
import { comboText, keycaps } from "@/commands/combo";
import type { Command } from "@/commands/command";
import { keysOf } from "@/commands/keymap";
import { IS_APPLE, resetCommand, takeKey, useKeySettings } from "@/commands/keySettings";
import { IconButton } from "@/ui/IconButton";
import { Keys } from "@/ui/Keys";
import { KeyRecorder } from "./KeyRecorder";

interface ShortcutRowProps {
  command: Command;
  isRecording: boolean;
  onRecord: (isRecording: boolean) => void;
}

export function ShortcutRow({ command, isRecording, onRecord }: ShortcutRowProps) {
  const combos = useKeySettings((settings) => keysOf(command, settings));
  const isChanged = useKeySettings((settings) => settings.changed[command.id] !== undefined);
  return (
    <li className="group flex min-h-9 flex-wrap items-center gap-x-2 gap-y-1 py-1 pr-1.5 pl-3">
      <span className="min-w-40 flex-1">{command.title}</span>
      {combos.map((combo) => (
        <span key={combo} className="flex items-center">
          <Keys caps={keycaps(combo, IS_APPLE)} />
          <IconButton
            label={`Take ${comboText(combo, IS_APPLE)} away from ${command.title}`}
            onClick={() => takeKey(command.id, combo)}
            className="size-6 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:opacity-100 [&>svg]:size-3"
          >
            <X />
          </IconButton>
        </span>
      ))}
      {isChanged && (
        <IconButton
          label={`Reset ${command.title}`}
          onClick={() => resetCommand(command.id)}
          className="size-6 [&>svg]:size-3.5"
        >
          <RotateCcw />
        </IconButton>
      )}
      <IconButton
        label={`Add keys for ${command.title}`}
        isOn={isRecording}
        onClick={() => onRecord(!isRecording)}
        className="size-6 [&>svg]:size-3.5"
      >
        <Plus />
      </IconButton>
      {isRecording && <KeyRecorder command={command} onDone={() => onRecord(false)} />}
    </li>
  );
}
