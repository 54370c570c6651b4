// How long a line of a script says that its shot is: "0:04-0:09 ...", "(5 s)", "... [4 seconds]". Pure.

export interface Length {
  /** The line without what told the length. */
  rest: string;
  seconds: number | null;
  /** Whether the line begins with the time at which it begins. */
  isRange: boolean;
}

const CLOCK = String.raw`(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?`;
const RANGE = new RegExp(
  String.raw`^\s*[[(]?\s*(${CLOCK})\s*(?:(?:-->|–|—|-|to)\s*(${CLOCK}))?\s*[\])]?\s*[:|–-]?\s*`,
);
const IN_BRACKETS = /\s*[[(]\s*(\d{1,3}(?:[.,]\d+)?)\s*(?:s|sec|secs|seconds?|sek)\.?\s*[\])]\s*/i;
const AT_START = /^\s*(\d{1,3}(?:[.,]\d+)?)\s*(?:s|sec|secs|seconds?)\s*[:|–-]\s+/i;

/** Reads the length off a line, or leaves the line as it is. */
export function readLength(line: string): Length {
  const range = line.match(RANGE);
  if (range) {
    const [whole, from = "", to] = range;
    const seconds = to === undefined ? null : clockSeconds(to) - clockSeconds(from);
    return { rest: line.slice(whole.length), seconds: positive(seconds), isRange: true };
  }
  const told = line.match(AT_START) ?? line.match(IN_BRACKETS);
  if (!told) return { rest: line, seconds: null, isRange: false };
  const [whole, number = ""] = told;
  return {
    rest: line.replace(whole, " "),
    seconds: positive(Number(number.replace(",", "."))),
    isRange: false,
  };
}

const positive = (seconds: number | null) => (seconds !== null && seconds > 0 ? seconds : null);

/** "1:02:03.5" or "02:03" in seconds. */
function clockSeconds(clock: string): number {
  return clock
    .replace(",", ".")
    .split(":")
    .reduce((sum, part) => sum * 60 + Number(part), 0);
}
