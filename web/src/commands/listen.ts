// From key presses to commands: what runs, what is held, and where keys belong to something else.
import { comboOf } from "./combo";
import { type Command, isEnabled } from "./command";
import { commandFor, IS_APPLE } from "./keySettings";

/** Windows and lists that have all keys to themselves while the focus is in them. */
const CLOSED = '[role="dialog"], [role="menu"], [role="listbox"]:not([aria-label="Clips"])';
/** What takes letters. */
const TYPING =
  'input:not([type="range"], [type="checkbox"], [type="radio"], [type="color"]), textarea, select, [contenteditable], [role="combobox"]';
/** What the arrows move. */
const MOVED =
  'input, [role="tablist"], [role="radiogroup"], [role="slider"], [role="separator"], [role="switch"]';
const MOVES = /^(Shift\+)?(Arrow\w+|Home|End|Page\w+|Space|Enter)$/;
const PRESSES = new Set(["Space", "Enter"]);
const PRESSED = "button, a, summary";
/** The clips of the timeline are no buttons to an editor: there Space plays. */
const PLAYABLE = "[data-segment]";

/** Runs commands as their keys are pressed. Returns how to stop. */
export function listenForKeys(): () => void {
  /** Physical key -> the command that it runs at this moment. */
  const down = new Map<string, Command>();
  const press = () => ({ held: new Set([...down.values()].map(({ id }) => id)) });

  const onKeyDown = (event: KeyboardEvent) => {
    const command = meantBy(event);
    if (command === null) return;
    event.preventDefault();
    if (event.repeat && command.isRepeating !== true) return;
    command.run(press());
    down.set(event.code, command);
  };
  const letGo = (code: string) => {
    const command = down.get(code);
    down.delete(code);
    command?.release?.(press());
  };
  const onKeyUp = (event: KeyboardEvent) => letGo(event.code);
  /** Nobody says so when a key is let go over another window. */
  const onBlur = () => {
    for (const code of [...down.keys()]) letGo(code);
  };
  window.addEventListener("keydown", onKeyDown);
  window.addEventListener("keyup", onKeyUp);
  window.addEventListener("blur", onBlur);
  return () => {
    window.removeEventListener("keydown", onKeyDown);
    window.removeEventListener("keyup", onKeyUp);
    window.removeEventListener("blur", onBlur);
  };
}

/** The command that a press is meant for; null where the press belongs to something else. */
function meantBy(event: KeyboardEvent): Command | null {
  if (event.defaultPrevented || event.isComposing) return null;
  const combo = comboOf(event, IS_APPLE);
  const command = combo === null ? undefined : commandFor(combo);
  if (combo === null || command === undefined || !isEnabled(command)) return null;
  if (command.nativeKeys?.includes(combo)) return null;
  return mayRun(command, combo, event.target) ? command : null;
}

function mayRun(command: Command, combo: string, target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return true;
  const isIn = (selector: string) => target.closest(selector) !== null;
  if (isIn(CLOSED)) return false;
  if (isIn(TYPING)) return mayInterruptTyping(command, combo, isIn(INSPECTOR));
  if (isIn(MOVED)) return !MOVES.test(combo);
  return !PRESSES.has(combo) || !isIn(PRESSED) || isIn(PLAYABLE);
}

const INSPECTOR = 'aside[aria-label="Inspector"]';

/** In a field, only what types nothing, and only where the command says so. */
function mayInterruptTyping({ typing }: Command, combo: string, isInInspector: boolean): boolean {
  if (!combo.startsWith("Mod+") && !/(^|\+)F\d+$/.test(combo)) return false;
  return typing === "anywhere" || (typing === "inspector" && isInInspector);
}
