// Picture formats and frame rates that films usually have. Pure.

export interface Format {
  id: string;
  label: string;
  hint: string;
  width: number;
  height: number;
}

export const FORMATS: readonly Format[] = [
  { id: "16:9", label: "Wide", hint: "16:9", width: 1280, height: 720 },
  { id: "9:16", label: "Upright", hint: "9:16", width: 720, height: 1280 },
  { id: "1:1", label: "Square", hint: "1:1", width: 1080, height: 1080 },
  { id: "4:5", label: "Portrait", hint: "4:5", width: 1080, height: 1350 },
  { id: "21:9", label: "Cinema", hint: "21:9", width: 1680, height: 720 },
];

export const FRAME_RATES = [24, 25, 30, 50, 60] as const;

/** The format with the shape of these settings, if it is one of ours. */
export function formatOf(settings: { width: number; height: number }): Format | undefined {
  const shape = settings.width / settings.height;
  return FORMATS.find((format) => Math.abs(format.width / format.height - shape) < 0.01);
}
