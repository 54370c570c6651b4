// Key combinations as text, such as "Mod+Shift+Z": read from an event, checked, and shown to people.
// Knows nothing of what a combination does. Pure.

/** What of a keyboard event counts. */
export interface KeyPress {
  key: string;
  code: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  getModifierState?: (name: string) => boolean;
}

const MODIFIERS = ["Mod", "Ctrl", "Alt", "Shift"] as const;
const MODIFIER_KEYS = new Set(["Control", "Meta", "Alt", "AltGraph", "Shift", "CapsLock", "Dead"]);

/** Characters by position on a US keyboard, for combinations in which the character says nothing. */
const BY_CODE: Readonly<Record<string, string>> = {
  Minus: "-",
  Equal: "=",
  Backslash: "\\",
  BracketLeft: "[",
  BracketRight: "]",
  Backquote: "`",
  Slash: "/",
  Comma: ",",
  Period: ".",
  Semicolon: ";",
  Quote: "'",
};

const isLetter = (text: string) => /^[A-Z]$/.test(text);
const isSign = (text: string) => /^[!-/:-@[-`{-~]$/.test(text);

/**
 * The combination that was pressed, or null for a modifier alone. "Mod" is Command on Apple's
 * keyboards and Control elsewhere. Letters and signs go by what is printed on the key, so that they
 * are right on every layout; digits, and everything with Alt, by the key's place, because there the
 * character depends on the layout. A sign that takes AltGr, or Option, to type is that sign alone.
 */
export function comboOf(event: KeyPress, isApple: boolean): string | null {
  if (isThirdLevel(event, isApple)) return isSign(event.key) ? event.key : null;
  const key = keyOf(event);
  if (key === null) return null;
  const isMod = isApple ? event.metaKey : event.ctrlKey;
  const held = {
    Mod: isMod,
    Ctrl: isApple && event.ctrlKey,
    Alt: event.altKey,
    Shift: event.shiftKey && (event.altKey || !isSign(key)),
  };
  return [...MODIFIERS.filter((name) => held[name]), key].join("+");
}

/**
 * Whether what is held only serves to type a character: Windows tells of AltGr as Control and Alt, others
 * of neither. Option types something on every key, so that it counts only for signs that other layouts
 * print elsewhere, and on no key of a letter: those are commands with Alt.
 */
function isThirdLevel(event: KeyPress, isApple: boolean): boolean {
  const { key, code, altKey, ctrlKey, metaKey } = event;
  if (isApple) {
    const isCommand = ctrlKey || metaKey || code.startsWith("Key");
    return altKey && !isCommand && isSign(key) && key !== placeOf(code);
  }
  return key.length === 1 && event.getModifierState?.("AltGraph") === true;
}

function keyOf(event: KeyPress): string | null {
  const { key, code, altKey } = event;
  if (MODIFIER_KEYS.has(key) && key !== "Dead") return null;
  const place = placeOf(code);
  if (place !== null && (altKey || /^\d$/.test(place))) return place;
  if (key === " ") return "Space";
  if (/^\d$/.test(key)) return key;
  const upper = key.toUpperCase();
  if (isLetter(upper) || isSign(key)) return isLetter(upper) ? upper : key;
  if (key.length > 1 && key !== "Dead") return key;
  return place;
}

/** What a US keyboard prints at this place. */
function placeOf(code: string): string | null {
  const plain = /^(?:Key|Digit)([A-Z0-9])$/.exec(code)?.[1];
  return plain ?? BY_CODE[code] ?? null;
}

/** Whether a text is a combination in its one spelling. */
export function isCombo(text: string): boolean {
  const parts = partsOf(text);
  const key = parts.at(-1) ?? "";
  const held = parts.slice(0, -1);
  const inOrder = MODIFIERS.filter((name) => held.includes(name));
  return (
    key !== "" &&
    held.join("+") === inOrder.join("+") &&
    !(MODIFIERS as readonly string[]).includes(key)
  );
}

/** "+" is a key as well as what stands between keys. */
function partsOf(combo: string): string[] {
  return combo === "+" || combo.endsWith("++")
    ? [...combo.slice(0, -2).split("+").filter(Boolean), "+"]
    : combo.split("+");
}

const SIGNS: Readonly<Record<string, string>> = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Delete: "Del",
  Escape: "Esc",
};
const ELSEWHERE: Readonly<Record<string, string>> = { Mod: "Ctrl" };
const APPLE: Readonly<Record<string, string>> = {
  Mod: "⌘",
  Ctrl: "⌃",
  Alt: "⌥",
  Shift: "⇧",
  Backspace: "⌫",
  Delete: "⌦",
};

/** The keys of a combination as they are printed: ["Ctrl", "Shift", "Z"]. */
export function keycaps(combo: string, isApple: boolean): string[] {
  const names = isApple ? { ...SIGNS, ...APPLE } : { ...SIGNS, ...ELSEWHERE };
  return partsOf(combo).map((part) => names[part] ?? part);
}

/** "Ctrl Shift Z". */
export const comboText = (combo: string, isApple: boolean): string =>
  keycaps(combo, isApple).join(" ");

/** As assistive technology is told: "Control+Shift+Z". */
export function spokenCombo(combo: string, isApple: boolean): string {
  const names: Readonly<Record<string, string>> = {
    Mod: isApple ? "Meta" : "Control",
    Ctrl: "Control",
  };
  return partsOf(combo)
    .map((part) => (part === "+" ? "Plus" : (names[part] ?? part)))
    .join("+");
}
