// A screenplay's scene headings and action: each paragraph of action is a shot, at the place that its
// heading names. Dialogue and cut marks are nothing to be seen, and are left out. Pure.
import { tidy } from "./text";

export interface Scenes {
  shots: readonly string[];
  leftOut: number;
}

const SCENE =
  /^\s*(?:\d+[A-Z]?[.)]?\s+)?((?:INT|EXT|EST|I\/E|INT\.?\s*\/\s*EXT)[. ].+?)(?:\s+\d+[A-Z]?)?\s*$/;
const CUT =
  /^\s*(?:(?:SMASH |MATCH |JUMP )?CUT TO|DISSOLVE TO|FADE (?:IN|OUT|TO BLACK)|THE END)\s*[:.]?\s*$/;
const SPEAKER = /^\s*\p{Lu}[\p{Lu}\d .'’-]{0,38}(?:\s*\([^)]*\))*\s*$/u;

/** The scenes of a screenplay; null for a text that has no scene heading. */
export function readScreenplay(lines: readonly string[]): Scenes | null {
  if (!lines.some((line) => SCENE.test(line))) return null;
  const reader = new Reader();
  for (const line of lines) reader.take(line);
  reader.endParagraph();
  return { shots: reader.shots, leftOut: reader.leftOut };
}

class Reader {
  readonly shots: string[] = [];
  leftOut = 0;
  private place = "";
  private paragraph: string[] = [];
  private isDialogue = false;

  take(line: string): void {
    const scene = line.match(SCENE)?.[1];
    if (scene !== undefined) {
      this.endParagraph();
      this.place = placeOf(scene);
    } else if (line.trim() === "") this.endParagraph();
    else if (CUT.test(line)) this.leave();
    else if (this.paragraph.length === 0 && SPEAKER.test(line)) {
      this.isDialogue = true;
      this.leave();
    } else if (this.isDialogue) this.leave();
    else this.paragraph.push(line);
  }

  endParagraph(): void {
    const action = tidy(this.paragraph.join(" "));
    if (action !== "") this.shots.push(this.place === "" ? action : `${this.place}. ${action}`);
    this.paragraph = [];
    this.isDialogue = false;
  }

  private leave(): void {
    this.leftOut += 1;
  }
}

/** "EXT. OLD HARBOUR - DAWN" -> "Exterior, old harbour, dawn". */
function placeOf(heading: string): string {
  const [, kind = "", rest = ""] = heading.match(/^(\S+?)[. ]+(.*)$/) ?? [];
  const inside = kind.startsWith("INT") ? "Interior" : "Exterior";
  const parts = rest
    .split(/\s+[-–—]+\s+/)
    .map((part) => tidy(part).toLowerCase())
    .filter((part) => part !== "");
  return [inside, ...parts].join(", ");
}
