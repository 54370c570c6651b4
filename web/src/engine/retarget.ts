// What becomes of segments at another model, in words. Pure.
import { type PriceLike, priceText } from "./money";
import { humanise } from "./paramForm";

interface ParameterMove {
  parameter: string;
  old: unknown;
  /** Null when it is lost. */
  new: unknown;
  reason: string;
}

export interface MoveLike {
  action: "changed" | "unchanged" | "refused" | "own_media";
  changed: readonly ParameterMove[];
  lost: readonly ParameterMove[];
  problems: readonly { message: string; fix: string | null }[];
  price_before: PriceLike | null;
  price_after: PriceLike | null;
}

/** One thing to know about a segment before it moves. */
export interface MoveLine {
  tone: "changed" | "lost" | "refused";
  text: string;
  /** Why, or what to do about it. */
  aside: string | null;
}

/** "Duration 2 to 3", "Loses seed 7", "kling needs first_frame"; none where all of it fits. */
export function moveLines({ action, changed, lost, problems }: MoveLike): MoveLine[] {
  if (action === "refused") {
    return problems.map(({ message, fix }) => ({ tone: "refused", text: message, aside: fix }));
  }
  return [
    ...changed.map((one): MoveLine => ({ tone: "changed", text: became(one), aside: one.reason })),
    ...lost.map((one): MoveLine => ({ tone: "lost", text: gone(one), aside: one.reason })),
  ];
}

const became = ({ parameter, old, new: now }: ParameterMove): string =>
  old === null || old === undefined
    ? `${humanise(parameter)} ${said(now)}`
    : `${humanise(parameter)} ${said(old)} to ${said(now)}`;

function gone({ parameter, old }: ParameterMove): string {
  const name = humanise(parameter).toLowerCase();
  return typeof old === "string" || typeof old === "number"
    ? `Loses ${name} ${said(old)}`
    : `Loses ${name}`;
}

const LONGEST = 40;

/** A value in a few characters. */
function said(value: unknown): string {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

/** "free, was ≈ $0.60": what one generation costs there; only one price where both are the same. */
export function movePrice({ action, price_before: was, price_after: now }: MoveLike): string {
  if (now === null || action === "own_media" || action === "refused") return "";
  const [before, after] = [was === null ? null : priceText(was), priceText(now)];
  return before === null || before === after ? after : `${after}, was ${before}`;
}

export interface MoveCount {
  moving: number;
  staying: number;
  refused: number;
}

export function countMoves(moves: readonly MoveLike[]): MoveCount {
  const count = (...actions: MoveLike["action"][]) =>
    moves.filter(({ action }) => actions.includes(action)).length;
  return {
    moving: count("changed"),
    staying: count("unchanged", "own_media"),
    refused: count("refused"),
  };
}

/** "3 move, 1 does not fit and stays, 2 need nothing". */
export function countWords({ moving, staying, refused }: MoveCount): string {
  const words = [
    moving > 0 && `${moving} ${moving === 1 ? "moves" : "move"}`,
    refused > 0 && `${refused} ${refused === 1 ? "does not fit and stays" : "do not fit and stay"}`,
    staying > 0 && `${staying} ${staying === 1 ? "needs" : "need"} nothing`,
  ].filter((one) => one !== false);
  return words.length === 0 ? "No segment of this film is generated" : words.join(", ");
}
