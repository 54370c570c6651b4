// When the captions of an SRT or WebVTT file are shown; only for drawing them, so what cannot be read
// is passed over here and refused by the server. Pure.

export interface Cue {
  /** Seconds. */
  start: number;
  end: number;
  text: string;
}

const TIME = "(?:(\\d+):)?(\\d{1,2}):(\\d{1,2}[.,]\\d{1,3})";
const ARROW = new RegExp(`^\\s*${TIME}\\s*-->\\s*${TIME}`);

const REMEMBERED = 16;
const known = new Map<string, readonly Cue[]>();

/** The cues in the order of the file. Remembered, because much is drawn from the same few files. */
export function cuesIn(file: string): readonly Cue[] {
  const found = known.get(file) ?? readCues(file);
  if (known.size >= REMEMBERED && !known.has(file)) known.clear();
  known.set(file, found);
  return found;
}

function readCues(file: string): Cue[] {
  const lines = file.split(/\r\n?|\n/);
  const found: Cue[] = [];
  let current: Cue | null = null;
  for (const line of lines) {
    const match = ARROW.exec(line);
    if (match) {
      current = { start: seconds(match, 1), end: seconds(match, 4), text: "" };
      found.push(current);
    } else if (line.trim() === "") current = null;
    else if (current) current.text += `${current.text && "\n"}${plain(line)}`;
  }
  return found;
}

function seconds(match: RegExpExecArray, at: number): number {
  const [hours, minutes, rest] = [match[at] ?? "0", match[at + 1] ?? "0", match[at + 2] ?? "0"];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(rest.replace(",", "."));
}

const plain = (line: string) => line.replace(/<[^>]*>|\{\\[^}]*\}/g, "").trim();
