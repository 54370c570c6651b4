// The colours of a state's words.

export const TONE_TEXT = {
  neutral: "text-faint",
  accent: "text-accent",
  good: "text-good",
  warn: "text-warn",
  bad: "text-bad",
} as const;
