// Where titles and images can stand, and what is kept free around them. Pure.

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
