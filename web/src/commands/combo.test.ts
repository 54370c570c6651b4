import { expect, test } from "vitest";
import { comboOf, comboText, isCombo, type KeyPress, keycaps, spokenCombo } from "./combo";

const NOTHING = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
const press = (key: string, code: string, held: Partial<KeyPress> = {}): KeyPress => ({
  ...NOTHING,
  key,
  code,
  ...held,
});
const pc = (key: string, code: string, held?: Partial<KeyPress>) =>
  comboOf(press(key, code, held), false);
const apple = (key: string, code: string, held?: Partial<KeyPress>) =>
  comboOf(press(key, code, held), true);

test("letters go by what is printed on the key, on every layout", () => {
  expect(pc("s", "KeyS")).toBe("S");
  expect(pc("S", "KeyS", { shiftKey: true })).toBe("Shift+S");
  // On AZERTY the key that says Z stands where a US keyboard has W.
  expect(pc("z", "KeyW", { ctrlKey: true })).toBe("Mod+Z");
  // A Cyrillic layout prints nothing that we could name, so the place counts.
  expect(pc("ы", "KeyS")).toBe("S");
});

test("signs are themselves, however they are typed", () => {
  expect(pc("?", "Slash", { shiftKey: true })).toBe("?");
  expect(pc("?", "Minus", { shiftKey: true })).toBe("?");
  expect(pc("+", "Equal", { shiftKey: true })).toBe("+");
  expect(pc("{", "BracketLeft", { ctrlKey: true, shiftKey: true })).toBe("Mod+{");
  expect(pc(" ", "Space")).toBe("Space");
});

test("digits go by their place, because AZERTY types them with Shift", () => {
  expect(pc("&", "Digit1")).toBe("1");
  expect(pc("!", "Digit1", { shiftKey: true })).toBe("Shift+1");
  expect(pc("4", "Numpad4")).toBe("4");
  expect(pc("ArrowLeft", "Numpad4")).toBe("ArrowLeft");
});

test("what Alt makes of a key does not count", () => {
  // Option on a Mac types another character, or starts one.
  expect(apple("≈", "KeyX", { altKey: true })).toBe("Alt+X");
  expect(apple("Dead", "KeyN", { altKey: true })).toBe("Alt+N");
  expect(pc("ArrowLeft", "ArrowLeft", { altKey: true })).toBe("Alt+ArrowLeft");
});

test("a sign that takes AltGr to type is that sign, and no digit or Control", () => {
  const altGr = { getModifierState: (name: string) => name === "AltGraph" };
  // German: AltGr and 8. Linux tells of no modifier, Windows of two.
  expect(pc("[", "Digit8", altGr)).toBe("[");
  expect(pc("]", "Digit9", { ...altGr, ctrlKey: true, altKey: true })).toBe("]");
  expect(pc("\\", "Minus", { ...altGr, ctrlKey: true, altKey: true })).toBe("\\");
  // What types a letter that no command has is none.
  expect(pc("\u20ac", "KeyE", { ...altGr, ctrlKey: true, altKey: true })).toBeNull();
  expect(pc("ArrowLeft", "ArrowLeft", { ...altGr, altKey: true })).toBe("Alt+ArrowLeft");
  // Option is what types it on a Mac.
  expect(apple("[", "Digit5", { altKey: true })).toBe("[");
  expect(apple("\\", "Digit7", { altKey: true, shiftKey: true })).toBe("\\");
  // On the key of a letter it is the command: a German Mac types @ with Option and L.
  expect(apple("@", "KeyL", { altKey: true })).toBe("Alt+L");
  expect(pc("&", "Digit1", { altKey: true })).toBe("Alt+1");
});

test("Mod is Command on Apple's keyboards only", () => {
  expect(apple("z", "KeyZ", { metaKey: true })).toBe("Mod+Z");
  expect(apple("z", "KeyZ", { ctrlKey: true })).toBe("Ctrl+Z");
  expect(pc("z", "KeyZ", { metaKey: true })).toBe("Z");
});

test("a modifier alone is no combination", () => {
  expect(pc("Shift", "ShiftLeft", { shiftKey: true })).toBeNull();
  expect(pc("Control", "ControlLeft", { ctrlKey: true })).toBeNull();
});

test("a combination has one spelling", () => {
  expect(["Space", "Mod+Shift+P", "+", "Mod++", "?", "Alt+ArrowLeft"].map(isCombo)).toEqual(
    Array(6).fill(true),
  );
  expect(["", "Mod", "Shift+Mod+P", "Hyper+P", "Mod+Mod+P"].map(isCombo)).toEqual(
    Array(5).fill(false),
  );
});

test("people read the keys that are printed", () => {
  expect(comboText("Mod+Shift+Z", false)).toBe("Ctrl Shift Z");
  expect(comboText("Mod+Shift+Z", true)).toBe("⌘ ⇧ Z");
  expect(keycaps("Mod++", false)).toEqual(["Ctrl", "+"]);
  expect(keycaps("Alt+ArrowLeft", false)).toEqual(["Alt", "←"]);
  expect(spokenCombo("Mod+Shift+Z", false)).toBe("Control+Shift+Z");
  expect(spokenCombo("+", false)).toBe("Plus");
});
