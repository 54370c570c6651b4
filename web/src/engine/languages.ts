// Languages as texts and captions name them. Pure.

/** Those that share characters and draw them differently, as the server tells them apart. */
export const OWN_FORMS = ["ja", "ko", "zh-Hans", "zh-Hant", "zh-HK"] as const;

export const hasOwnForms = (tag: unknown): boolean => OWN_FORMS.some((one) => one === tag);

/** "German" for "de"; null for what names no language. */
export function languageName(tag: string): string | null {
  try {
    const name = new Intl.DisplayNames("en", { type: "language", fallback: "none" }).of(tag);
    return name ?? null;
  } catch {
    return null;
  }
}
