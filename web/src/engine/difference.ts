// Where two versions of a text differ, in words of any script, so that a long prompt is shown by
// what changed in it.

export interface Difference {
  /** What both begin with; of much, the last words. */
  head: string;
  was: string;
  now: string;
  /** What both end with. */
  tail: string;
}

/** Characters of what both begin with that say where in the text the difference is. */
const CONTEXT = 32;

export function difference(before: string, after: string): Difference {
  const [was, now] = [wordsOf(before), wordsOf(after)];
  const shortest = Math.min(was.length, now.length);
  let first = 0;
  while (first < shortest && was[first] === now[first]) first += 1;
  let last = 0;
  while (last < shortest - first && was.at(-1 - last) === now.at(-1 - last)) last += 1;
  const part = (words: string[]) => words.slice(first, words.length - last).join("");
  return {
    head: ending(was.slice(0, first)),
    was: part(was),
    now: part(now),
    tail: was.slice(was.length - last).join(""),
  };
}

/** With the spaces and marks between them: together they are the text. */
function wordsOf(text: string): string[] {
  const words = new Intl.Segmenter(undefined, { granularity: "word" }).segment(text);
  return Array.from(words, ({ segment }) => segment);
}

/** The whole words at the end that fit into the context. */
function ending(words: readonly string[]): string {
  let from = words.length;
  let length = 0;
  while (from > 0 && length < CONTEXT) {
    from -= 1;
    length += words[from]?.length ?? 0;
  }
  const kept = words.slice(from).join("");
  return from > 0 ? `…${kept.trimStart()}` : kept;
}
