// JSON that says what it is, so that it is known again among whatever else a clipboard holds. Pure.

export const asMarked = (kind: string, content: object): string =>
  JSON.stringify({ kind, ...content }, null, 2);

/** What a text of this kind holds; null for any other text. */
export function readMarked(kind: string, text: string): Readonly<Record<string, unknown>> | null {
  try {
    const read = JSON.parse(text) as { kind?: unknown } | null;
    return read?.kind === kind ? (read as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
