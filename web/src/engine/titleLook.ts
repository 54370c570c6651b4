// Roughly how the presets of texts look, for showing the words over the preview before they are
// drawn properly by the render. Data, pure; a preset that is not known looks like a plain line.

export interface TitleLook {
  anchor: string;
  /** Fraction of the frame's shorter side. */
  size: number;
  weight: number;
  color: string;
  /** Moves it down, in fractions of the frame's height. */
  y?: number;
  box?: string;
  family?: "serif" | "mono" | "cursive";
  isItalic?: boolean;
  /** Size of the lines after the first, relative to it. */
  rest?: number;
}

const PLAIN: TitleLook = { anchor: "bottom", size: 0.06, weight: 600, color: "#ffffff" };

const LOOKS: Readonly<Record<string, Partial<TitleLook>>> = {
  title: { anchor: "center", size: 0.11, weight: 800, rest: 0.42 },
  subtitle: { anchor: "center", size: 0.054, y: 0.18 },
  "lower-third": {
    anchor: "bottom-left",
    size: 0.054,
    weight: 700,
    box: "#10141cd1",
    rest: 0.68,
  },
  caption: { size: 0.052 },
  "caption-box": { size: 0.049, weight: 500, box: "#000000c7" },
  quote: {
    anchor: "center",
    size: 0.07,
    box: "#0b0e14a3",
    family: "serif",
    isItalic: true,
    rest: 0.58,
  },
  headline: {
    anchor: "bottom-left",
    size: 0.076,
    color: "#141414",
    box: "#ffd23f",
    rest: 0.6,
  },
  "end-card": { anchor: "center", size: 0.17, weight: 400, rest: 0.34 },
  note: { anchor: "top-right", size: 0.1, weight: 700, family: "cursive" },
  code: {
    anchor: "center",
    size: 0.046,
    weight: 500,
    color: "#e6edf3",
    box: "#0d1117eb",
    family: "mono",
  },
  watermark: { anchor: "top-right", size: 0.034 },
};

export const titleLook = (preset: string): TitleLook => ({ ...PLAIN, ...LOOKS[preset] });

/** How a preset's texts come and go, where an item says nothing. */
export interface PresetMove {
  kind: string;
  seconds: number;
  easing: string;
}

export interface PresetMoves {
  comes?: PresetMove;
  goes?: PresetMove;
}

const comes = (kind: string, seconds: number): PresetMove => ({
  kind,
  seconds,
  easing: "ease-out",
});
const leaves = (seconds: number): PresetMove => ({ kind: "fade", seconds, easing: "ease-in" });

const MOVES: Readonly<Record<string, PresetMoves>> = {
  title: { comes: comes("slide-up", 0.7), goes: leaves(0.4) },
  subtitle: { comes: comes("fade", 0.6), goes: leaves(0.4) },
  "lower-third": { comes: comes("reveal-right", 0.5), goes: leaves(0.4) },
  quote: { comes: comes("fade", 0.9), goes: leaves(0.6) },
  headline: { comes: comes("reveal-right", 0.45), goes: leaves(0.4) },
  "end-card": { comes: comes("fade", 0.8), goes: leaves(0.8) },
  note: { comes: comes("pop", 0.4), goes: leaves(0.4) },
  code: { comes: comes("fade", 0.4), goes: leaves(0.4) },
};

export const presetMoves = (preset: string): PresetMoves => MOVES[preset] ?? {};

/** The nine places, row by row. */
export const ANCHORS = [
  ["top-left", "top", "top-right"],
  ["left", "center", "right"],
  ["bottom-left", "bottom", "bottom-right"],
] as const;

/** What is kept free at the sides, above and below, in fractions of the frame. */
export function safeArea(
  width: number,
  height: number,
): { x: number; top: number; bottom: number } {
  if (height * 5 > width * 6) return { x: 0.06, top: 0.09, bottom: 0.16 };
  return { x: 0.05, top: 0.06, bottom: 0.06 };
}
