// Shapes of pictures to choose from, and frame rates that films usually have. Pure.

export interface Size {
  label: string;
  width: number;
  height: number;
  /** As people write it. */
  ratio: string;
}

/** One size of each shape: the most usual, which comes first. */
export function formatsOf<T extends Size>(sizes: readonly T[]): T[] {
  const shapes = sizes.map(({ ratio }) => ratio);
  return sizes.filter(({ ratio }, index) => shapes.indexOf(ratio) === index);
}

export const FRAME_RATES = [24, 25, 30, 50, 60] as const;

/** The one with the shape of these settings, if there is one. */
export function formatOf<T extends Size>(
  formats: readonly T[],
  settings: { width: number; height: number },
): T | undefined {
  const shape = settings.width / settings.height;
  return formats.find(({ width, height }) => Math.abs(width / height - shape) < 0.01);
}
