// Lines into paragraphs and paragraphs into sentences. Pure.

/** One line without marks of emphasis and doubled blanks. */
export function tidy(text: string): string {
  return text
    .replaceAll(/(\*\*|__)(\S(?:.*?\S)?)\1/g, "$2")
    .replaceAll(/\s+/g, " ")
    .trim();
}

/** What empty lines keep apart. */
export function paragraphsOf(lines: readonly string[]): string[] {
  return lines
    .join("\n")
    .split(/\n\s*\n/)
    .map((paragraph) => tidy(paragraph))
    .filter((paragraph) => paragraph !== "");
}

/** Sentences by the rules of the language that is told, or of the person's own. */
export function sentencesOf(text: string, language?: string): string[] {
  const segmenter = new Intl.Segmenter(language, { granularity: "sentence" });
  return [...segmenter.segment(text)]
    .map(({ segment }) => segment.trim())
    .filter((sentence) => /\p{L}|\p{N}/u.test(sentence));
}
