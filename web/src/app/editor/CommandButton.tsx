// An icon button that runs a command and shows its keys of this moment.
import type { ReactNode } from "react";
import { NO_KEYS } from "@/commands/command";
import { useKeyText, useSpokenKeys } from "@/commands/keySettings";
import { commandOf } from "@/commands/registry";
import { IconButton } from "@/ui/IconButton";

interface CommandButtonProps {
  id: string;
  /** In place of the command's title. */
  label?: string;
  isDisabled?: boolean;
  isOn?: boolean;
  children: ReactNode;
}

export function CommandButton({ id, label, isDisabled, isOn, children }: CommandButtonProps) {
  const command = commandOf(id);
  const keys = useKeyText(id);
  const spoken = useSpokenKeys(id);
  return (
    <IconButton
      label={label ?? command.title.replace(/…$/, "")}
      keys={keys}
      aria-keyshortcuts={spoken || undefined}
      disabled={isDisabled}
      isOn={isOn}
      onClick={() => command.run(NO_KEYS)}
    >
      {children}
    </IconButton>
  );
}
