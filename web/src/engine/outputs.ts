// What a project makes beside its main film: ready-made outputs, what each inherits, and how it is told
// in a few words. Pure.

export interface OutputSettings {
  name: string;
  kind: "film" | "gif" | "webp";
  width: number | null;
  height: number | null;
  fps: number | string | null;
  loudness_lufs: number | "off" | null;
  codec: "h264" | "hevc" | "av1" | "vp9" | "prores" | null;
  quality: "draft" | "standard" | "high" | null;
  encoder: "software" | "nvenc" | "vaapi" | "qsv" | "videotoolbox" | null;
  seconds: number | null;
}

export interface OutputPreset {
  name: string;
  label: string;
  hint: string;
  settings: Partial<Omit<OutputSettings, "name">>;
}

/** Usual deliveries; what they do not say is as in the main film. */
export const OUTPUT_PRESETS: readonly OutputPreset[] = [
  { name: "full-hd", label: "1080p", hint: "1920×1080", settings: { width: 1920, height: 1080 } },
  { name: "hd", label: "720p", hint: "1280×720", settings: { width: 1280, height: 720 } },
  { name: "uhd", label: "4K", hint: "3840×2160", settings: { width: 3840, height: 2160 } },
  {
    name: "vertical",
    label: "Vertical",
    hint: "1080×1920",
    settings: { width: 1080, height: 1920, loudness_lufs: -14 },
  },
  {
    name: "square",
    label: "Square",
    hint: "1080×1080",
    settings: { width: 1080, height: 1080, loudness_lufs: -14 },
  },
  {
    name: "portrait",
    label: "Portrait",
    hint: "1080×1350",
    settings: { width: 1080, height: 1350, loudness_lufs: -14 },
  },
  {
    name: "cinema",
    label: "Cinema",
    hint: "2520×1080, HEVC",
    settings: { width: 2520, height: 1080, codec: "hevc", quality: "high" },
  },
  {
    name: "web",
    label: "Small web film",
    hint: "VP9, draft",
    settings: { codec: "vp9", quality: "draft" },
  },
  {
    name: "edit",
    label: "For further editing",
    hint: "ProRes, sound as it is",
    settings: { codec: "prores", quality: "high", loudness_lufs: "off" },
  },
  {
    name: "teaser",
    label: "Animated GIF",
    hint: "480 wide, 6 s",
    settings: { kind: "gif", width: 480, fps: 12, seconds: 6 },
  },
  {
    name: "preview",
    label: "Animated WebP",
    hint: "480 wide, 6 s",
    settings: { kind: "webp", width: 480, fps: 12, seconds: 6 },
  },
];

/** The name of the main film among the outputs. */
export const MAIN = "main";

/** An output made by a preset, under a name that none of `taken` has. */
export function outputOf(preset: OutputPreset, taken: readonly string[]): OutputSettings {
  return { ...PLAIN, ...preset.settings, name: freshName(preset.name, taken) };
}

const PLAIN: OutputSettings = {
  name: "",
  kind: "film",
  width: null,
  height: null,
  fps: null,
  loudness_lufs: null,
  codec: null,
  quality: null,
  encoder: null,
  seconds: null,
};

/** `wish`, or `wish-2` and so on. */
export function freshName(wish: string, taken: readonly string[]): string {
  const used = new Set([MAIN, ...taken]);
  if (!used.has(wish)) return wish;
  let number = 2;
  while (used.has(`${wish}-${number}`)) number += 1;
  return `${wish}-${number}`;
}

/** What is wrong with an output's name among `others`; null when nothing is. */
export function nameProblem(name: string, others: readonly string[]): string | null {
  if (name === MAIN) return "The main film has this name";
  if (others.includes(name)) return "Another output has this name";
  return /^[a-z0-9]([a-z0-9_-]{0,38}[a-z0-9])?$/.test(name)
    ? null
    : "Up to 40 of a-z, 0-9, - and _, with a letter or digit at both ends";
}

type Main = Pick<OutputSettings, "codec" | "quality"> & {
  width: number;
  height: number;
  fps: number | string;
};

/** "1080×1920, 24 fps, H.264", with what is inherited filled in. */
export function outputWords(output: OutputSettings, main: Main): string {
  const width = output.width ?? main.width;
  if (output.kind !== "film")
    return `${width} wide, ${output.fps ?? 12} fps, ${output.seconds ?? 6} s, ${output.kind}`;
  const codec = CODEC_NAMES[output.codec ?? main.codec ?? "h264"];
  return `${width}×${output.height ?? main.height}, ${output.fps ?? main.fps} fps, ${codec}`;
}

const CODEC_NAMES: Record<NonNullable<OutputSettings["codec"]>, string> = {
  h264: "H.264",
  hevc: "HEVC",
  av1: "AV1",
  vp9: "VP9",
  prores: "ProRes",
};

/** The names of a choice in the order of the outputs; null for all of them, which needs no choice. */
export function chosenOutputs(
  all: readonly string[],
  chosen: ReadonlySet<string>,
): readonly string[] | null {
  const names = all.filter((name) => chosen.has(name));
  return names.length === all.length ? null : names;
}
