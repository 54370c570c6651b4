import { expect, test } from "vitest";
import { ENCODINGS, textIn, unicodeText } from "./textBytes";

const utf8 = (text: string) => new TextEncoder().encode(text);
const utf16 = (text: string, mark: boolean) =>
  new Uint8Array(new Uint16Array([...(mark ? "\ufeff" : ""), ...text].map(codeOf)).buffer);
const codeOf = (character: string) => character.charCodeAt(0);
/** "Café" as Windows-1252 has it. */
const CAFE = new Uint8Array([0x43, 0x61, 0x66, 0xe9]);

test("UTF-8 and marked UTF-16 are read, without their marks", () => {
  expect(unicodeText(utf8("Grüße, мир"))).toBe("Grüße, мир");
  expect(unicodeText(utf8("\ufeffCafé"))).toBe("Café");
  expect(unicodeText(utf16("Café", true))).toBe("Café");
});

test("other bytes are not read until somebody names their encoding", () => {
  expect(unicodeText(CAFE)).toBeNull();
  expect(textIn(CAFE, "windows-1252")).toBe("Café");
  expect(unicodeText(utf16("Cafe", false))).toBeNull();
  expect(textIn(utf16("Cafe", false), "utf-16le")).toBe("Cafe");
  expect(textIn(CAFE, "shift_jis")).toBeNull();
});

test("every encoding that is offered is known", () => {
  for (const { value } of ENCODINGS) expect(textIn(utf8(""), value)).toBe("");
});
