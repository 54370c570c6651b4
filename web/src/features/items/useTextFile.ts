// A text file that was picked from the disk: its words at once where they are Unicode, or its bytes, so
// that somebody can say what encoding they are in.
import { useState } from "react";
import { unicodeText } from "@/engine/textBytes";

export interface TextFile {
  /** Of the file whose encoding is not known; null for none. */
  bytes: Uint8Array | null;
  pick: (files: readonly File[]) => void;
  /** Takes the words that were read of it; null leaves the file alone. */
  settle: (text: string | null) => void;
}

export function useTextFile(onText: (text: string) => void): TextFile {
  const [bytes, setBytes] = useState<Uint8Array | null>(null);
  async function read(file: File) {
    const found = new Uint8Array(await file.arrayBuffer());
    const text = unicodeText(found);
    setBytes(text === null ? found : null);
    if (text !== null) onText(text);
  }
  return {
    bytes,
    pick: ([file]) => file && void read(file),
    settle: (text) => {
      setBytes(null);
      if (text !== null) onText(text);
    },
  };
}
