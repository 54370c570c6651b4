// What a look does to a colour, as the server counts it: three factors and one addend for each of red,
// green and blue. Pure.
import { type Look, PLAIN_LOOK } from "../treatment";

const LUMA = [0.2126, 0.7152, 0.0722] as const;
const DISPLAY_GAMMA = 2.2;
const WARMEST = 0.16;

/** Three rows of factors for red, green and blue, and what is added. */
export type LookMatrix = readonly (readonly number[])[];

export function lookMatrix(told: Partial<Look> | null | undefined): LookMatrix {
  const { exposure, contrast, saturation, temperature } = { ...PLAIN_LOOK, ...told };
  const bright = 2 ** (exposure / DISPLAY_GAMMA);
  const tint = [1 + WARMEST * temperature, 1, 1 - WARMEST * temperature];
  const white = LUMA.reduce((sum, share, part) => sum + share * (tint[part] ?? 1), 0);
  return LUMA.map((_, row) => [
    ...LUMA.map(
      (share, column) =>
        ((1 - saturation) * share + (row === column ? saturation : 0)) *
        contrast *
        ((bright * (tint[column] ?? 1)) / white),
    ),
    (1 - contrast) / 2,
  ]);
}
