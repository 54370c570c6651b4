// Characters from the bytes of a text file, never guessed: what cannot be read as is said is not read
// at all. Pure.

/** Encodings that old text files are in, by the names that browsers know; the likeliest first. */
export const ENCODINGS = [
  { value: "windows-1252", label: "Western European (Windows-1252)" },
  { value: "windows-1250", label: "Central European (Windows-1250)" },
  { value: "iso-8859-15", label: "Western European (ISO 8859-15)" },
  { value: "windows-1251", label: "Cyrillic (Windows-1251)" },
  { value: "shift_jis", label: "Japanese (Shift JIS)" },
  { value: "gb18030", label: "Simplified Chinese (GB 18030)" },
  { value: "big5", label: "Traditional Chinese (Big5)" },
  { value: "euc-kr", label: "Korean (EUC-KR)" },
  { value: "utf-16le", label: "UTF-16, low byte first" },
  { value: "utf-16be", label: "UTF-16, high byte first" },
] as const;

/** The text of bytes that are UTF-8, or UTF-16 with its mark; null for others. */
export function unicodeText(bytes: Uint8Array): string | null {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return textIn(bytes, "utf-16le");
  if (first === 0xfe && second === 0xff) return textIn(bytes, "utf-16be");
  const text = textIn(bytes, "utf-8");
  return text?.includes("\0") ? null : text; // as UTF-16 without its mark looks
}

/** The text of bytes in an encoding that somebody named; null where they cannot be in it. */
export function textIn(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
