// Every command of the editor, once. What reads commands reads them here; nothing is wired elsewhere.
import { BRIDGE } from "./bridge";
import type { Command } from "./command";
import { EDITING } from "./editing";
import { FILM } from "./film";
import { PLAYBACK } from "./playback";
import { SEGMENTS } from "./segments";
import { TAKES } from "./takes";
import { TIMELINE } from "./timeline";
import { VIEW } from "./view";

const cutting = (command: Command): Command => ({ ...command, isCutting: true });

export const COMMANDS: readonly Command[] = [
  ...PLAYBACK,
  ...EDITING,
  ...SEGMENTS.map(cutting),
  cutting(BRIDGE),
  ...TAKES,
  ...TIMELINE,
  ...VIEW,
  ...FILM,
];

const byId = new Map(COMMANDS.map((command) => [command.id, command]));

/** Throws for an id that does not exist. */
export function commandOf(id: string): Command {
  const command = byId.get(id);
  if (command === undefined) throw new Error(`there is no command ${id}`);
  return command;
}
