// What was typed into the fields for in and out, as a trim, or what is wrong with it. Pure.

export interface TrimDraft {
  start: string;
  end: string;
}

export interface ReadTrim {
  /** Null shows the whole clip. */
  trim: { start: number; end: number | null } | null;
  startError: string | null;
  endError: string | null;
}

/** Seconds; NaN for what is no length of time. */
function seconds(text: string): number {
  const value = Number(text.trim().replace(",", "."));
  return value >= 0 ? value : Number.NaN;
}

/** `length` is that of the clip in seconds, null where it has none. An empty field is the clip's edge. */
export function readTrim({ start, end }: TrimDraft, length: number | null): ReadTrim {
  const from = start.trim() === "" ? 0 : seconds(start);
  const to = end.trim() === "" ? null : seconds(end);
  const most = length ?? Number.POSITIVE_INFINITY;
  const startError = Number.isNaN(from)
    ? "Give seconds, such as 1.5."
    : from >= most
      ? `The clip is only ${most} s long.`
      : null;
  const endError = to === null || Number.isNaN(from) ? null : wrongEnd(to, from, most);
  const finalEnd = to !== null && to >= most ? null : to;
  const isWhole = from === 0 && finalEnd === null;
  return { trim: isWhole ? null : { start: from, end: finalEnd }, startError, endError };
}

function wrongEnd(to: number, from: number, most: number): string | null {
  if (Number.isNaN(to)) return "Give seconds, such as 1.5.";
  if (to <= from) return "The end has to come after the start.";
  return to > most ? `The clip is only ${most} s long.` : null;
}
