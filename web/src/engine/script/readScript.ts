// A script as people write them, read into shots by its own structure. Pure; nothing is made up: every
// shot's words are the author's.

import { readLength } from "./length";
import { readScreenplay } from "./screenplay";
import { paragraphsOf, sentencesOf, tidy } from "./text";

export interface Shot {
  prompt: string;
  /** Where the script says so. */
  seconds: number | null;
}

/** How the script was found to be written. */
export type Structure = "screenplay" | "list" | "timecodes" | "paragraphs" | "sentences";

export interface ScriptReading {
  structure: Structure;
  shots: readonly Shot[];
  /** A heading above everything else: the film's name. */
  title: string | null;
  /** Lines that are nothing to be seen: dialogue, cut marks. */
  leftOut: number;
}

/** More than any list on screen can be read through; a longer script is several films. */
export const MOST_SHOTS = 500;

const MARK =
  /^\s*(?:[-*•–]|\(?\d{1,4}[.):]|(?:shot|scene|clip|szene|plan)\s*#?\s*\d{1,4}[a-z]?\s*[.:)–-])\s+/i;
const TITLE = /^#\s+(.+?)\s*#*$/;
const HEADING = /^#{1,6}\s+/;

/** Reads a script; an empty one has no shots. */
export function readScript(text: string): ScriptReading {
  const lines = text.replaceAll("\r\n", "\n").replaceAll("\r", "\n").split("\n");
  const named = lines.find((line) => line.trim() !== "");
  const title = named?.match(TITLE)?.[1] ?? null;
  const body = lines.filter((line) => !(title !== null && line === named));
  const found = read(body);
  return { ...found, title, shots: found.shots.slice(0, MOST_SHOTS) };
}

type Found = Omit<ScriptReading, "title">;

function read(lines: readonly string[]): Found {
  const screenplay = readScreenplay(lines);
  if (screenplay !== null) {
    const shots = screenplay.shots.map(shotOf);
    return { structure: "screenplay", shots, leftOut: screenplay.leftOut };
  }
  const plain = lines.filter((line) => !HEADING.test(line));
  const leftOut = lines.length - plain.length;
  const timed = startingWith(plain.filter(isNoCue), (line) => readLength(line).isRange);
  if (timed.length > 1) return { structure: "timecodes", shots: timed.map(shotOf), leftOut };
  const listed = startingWith(plain, (line) => MARK.test(line));
  if (listed.length > 1 || isMarked(plain)) {
    const shots = listed.map((item) => shotOf(item.replace(MARK, "")));
    return { structure: "list", shots, leftOut };
  }
  const paragraphs = paragraphsOf(plain);
  if (paragraphs.length > 1)
    return { structure: "paragraphs", shots: paragraphs.map(shotOf), leftOut };
  const shots = sentencesOf(paragraphs[0] ?? "").map(shotOf);
  return { structure: "sentences", shots, leftOut };
}

/** Subtitle files count their cues, each on a line of its own. */
const isNoCue = (line: string) => !/^\s*\d+\s*$/.test(line);

/** Whether a list begins at once, be it of one item. */
const isMarked = (lines: readonly string[]) =>
  MARK.test(lines.find((line) => line.trim() !== "") ?? "");

/** The items that such lines begin, each with the lines that follow; what stands before the first one is no item. */
function startingWith(lines: readonly string[], begins: (line: string) => boolean): string[] {
  const items: string[] = [];
  for (const line of lines) {
    if (begins(line)) items.push(line);
    else if (items.length > 0 && line.trim() !== "")
      items.push(`${items.pop() as string}\n${line}`);
  }
  return items.filter((item) => tidy(item) !== "");
}

function shotOf(text: string): Shot {
  const { rest, seconds } = readLength(text);
  return { prompt: tidy(rest), seconds };
}
