// From key presses to commands: what runs, what is held, and where keys belong to something else.
import { comboOf } from "./combo";
import { type Command, isEnabled } from "./command";
import { followFocus, hasPointedFocus } from "./focusOrigin";
import { commandFor, IS_APPLE } from "./keySettings";

/** What has all keys to itself while the focus is in it, but that of the command which opened it. */
const CLOSED = '[role="dialog"], [role="menu"], [role="listbox"]:not([aria-label="Clips"])';
/** What is written into. */
const WRITING =
  'input:not([type="range"], [type="checkbox"], [type="radio"], [type="color"]), textarea, select, [contenteditable]';
/** What takes letters. */
const TYPING = `${WRITING}, [role="combobox"]`;
/** What the arrows move. */
const MOVED =
  'input, [role="tablist"], [role="radiogroup"], [role="slider"], [role="separator"], [role="switch"]';
const MOVES = /^(Shift\+)?(Arrow\w+|Home|End|Page\w+|Space|Enter)$/;
const PRESSES = new Set(["Space", "Enter"]);
const PRESSED = "button, a, summary";

/** Runs commands as their keys are pressed. Returns how to stop. */
export function listenForKeys(): () => void {
  /** Physical key -> the command that it runs at this moment. */
  const down = new Map<string, Command>();
  const press = () => ({ held: new Set([...down.values()].map(({ id }) => id)) });

  const onKeyDown = (event: KeyboardEvent) => {
    const command = meantBy(event);
    if (command === null) return;
    // Also while there is nothing to do: what the browser would do, such as leaving the page, never is.
    event.preventDefault();
    if (!isEnabled(command) || (event.repeat && command.isRepeating !== true)) return;
    command.run(press());
    down.set(event.code, command);
  };
  /** Before what was clicked takes Space for a press. */
  const onKeyDownEarly = (event: KeyboardEvent) => {
    if (event.code !== "Space" || !isPointedAway(event.target)) return;
    onKeyDown(event);
    if (event.defaultPrevented) event.stopPropagation();
  };
  const letGo = (code: string) => {
    const command = down.get(code);
    down.delete(code);
    command?.release?.(press());
  };
  const onKeyUp = (event: KeyboardEvent) => {
    // Some browsers press a button when Space is let go, whatever became of the key before.
    if (down.has(event.code)) event.preventDefault();
    letGo(event.code);
  };
  /** Nobody says so when a key is let go over another window. */
  const onBlur = () => {
    for (const code of [...down.keys()]) letGo(code);
  };
  const stopFollowing = followFocus();
  window.addEventListener("keydown", onKeyDownEarly, { capture: true });
  window.addEventListener("keydown", onKeyDown);
  window.addEventListener("keyup", onKeyUp);
  window.addEventListener("blur", onBlur);
  return () => {
    stopFollowing();
    window.removeEventListener("keydown", onKeyDownEarly, { capture: true });
    window.removeEventListener("keydown", onKeyDown);
    window.removeEventListener("keyup", onKeyUp);
    window.removeEventListener("blur", onBlur);
  };
}

/** The command that a press is meant for, on or off; null where the press belongs to something else. */
function meantBy(event: KeyboardEvent): Command | null {
  if (event.defaultPrevented || event.isComposing) return null;
  const combo = comboOf(event, IS_APPLE);
  const command = combo === null ? undefined : commandFor(combo);
  if (combo === null || command === undefined) return null;
  if (command.nativeKeys?.includes(combo)) return null;
  return mayRun(command, combo, event.target) ? command : null;
}

function mayRun(command: Command, combo: string, target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return true;
  const isIn = (selector: string) => target.closest(selector) !== null;
  const around = target.closest<HTMLElement>(CLOSED);
  if (around !== null && around.dataset.command !== command.id) return false;
  if (combo === "Space" && isPointedAway(target)) return true;
  if (isIn(TYPING)) return mayInterruptTyping(command, combo, isIn(INSPECTOR));
  if (isIn(MOVED)) return !MOVES.test(combo);
  return !PRESSES.has(combo) || !isIn(PRESSED);
}

/**
 * Who clicks on a row, a tool or a tab goes on to play: there Space is the editor's, and Enter still
 * presses. Where the keyboard led, both press.
 */
const isPointedAway = (target: EventTarget | null): boolean =>
  hasPointedFocus(target) && target instanceof Element && target.closest(WRITING) === null;

const INSPECTOR = 'aside[aria-label="Inspector"]';

/** In a field, only what types nothing, and only where the command says so. */
function mayInterruptTyping({ typing }: Command, combo: string, isInInspector: boolean): boolean {
  if (!combo.startsWith("Mod+") && !/(^|\+)F\d+$/.test(combo)) return false;
  return typing === "anywhere" || (typing === "inspector" && isInInspector);
}
