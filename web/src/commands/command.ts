// What a command is. Every command of the editor stands once in the registry, and keyboard, palette,
// menus, tooltips and the shortcut sheet all read it there; what commands do lives beside the registry.
import { hasRoom } from "./room";

export const SECTIONS = [
  "Playback",
  "Edit",
  "Segments",
  "Takes",
  "Timeline",
  "View",
  "Film",
] as const;
export type Section = (typeof SECTIONS)[number];

/** How a key was pressed that runs a command. */
export interface Press {
  /** Ids of the commands whose keys are held down at this moment. */
  held: ReadonlySet<string>;
}

export interface Command {
  /** Stays the same for ever: people keep their own keys by it. */
  id: string;
  /** Said in the imperative, such as "Split at the playhead". */
  title: string;
  section: Section;
  /** Combinations of the default preset, the one that is shown first. See `comboOf`. */
  keys: readonly string[];
  /** Other words under which it is found. */
  words?: string;
  /** Keys that the browser turns into an event of its own, which does the work in the command's place. */
  nativeKeys?: readonly string[];
  /** Goes on while its key is held down. */
  isRepeating?: boolean;
  /** Changes the cut: off where nothing is cut. */
  isCutting?: boolean;
  /** Where it works while something is being typed; only combinations that type nothing ever do. */
  typing?: "anywhere" | "inspector";
  /** Asked right before it runs; always enabled without it. */
  isEnabled?: () => boolean;
  run: (press: Press) => void;
  /** The key was let go. */
  release?: (press: Press) => void;
}

/** A command that was not run by a key. */
export const NO_KEYS: Press = { held: new Set() };

export const isEnabled = (command: Command): boolean =>
  (!command.isCutting || hasRoom()) && (command.isEnabled?.() ?? true);
