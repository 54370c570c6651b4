// The keys of other editors, for people whose fingers know them. A preset names only what differs from
// the default; an empty list leaves a command without a key. Written down from general knowledge of
// these programs, for the commands that exist here.

export const PRESETS = [
  { id: "default", label: "Video Foundry" },
  { id: "premiere", label: "Premiere Pro" },
  { id: "resolve", label: "DaVinci Resolve" },
  { id: "capcut", label: "CapCut" },
] as const;

export type PresetId = (typeof PRESETS)[number]["id"];

export const isPreset = (id: unknown): id is PresetId => PRESETS.some((preset) => preset.id === id);

type Keys = Readonly<Record<string, readonly string[]>>;

const PREMIERE: Keys = {
  "mark.clear": ["Mod+Shift+X"],
  "play.fullScreen": ["Mod+`", "`"],
  "play.sound": [],
  "play.loop": ["Mod+L"],
  "edit.split": ["Mod+K"],
  "edit.delete": ["Shift+Delete", "Delete", "Backspace"],
  "edit.duplicate": ["Mod+Shift+D", "Mod+D"],
  "edit.deselect": ["Mod+Shift+A", "Escape"],
  "timeline.snap": ["S"],
  "segment.trim": ["Mod+R"],
  "view.shortcuts": ["Mod+Alt+K", "?"],
  "film.render": ["Mod+M"],
};

const RESOLVE: Keys = {
  "play.loop": ["Mod+/"],
  "play.fullScreen": ["Mod+F"],
  "edit.split": ["Mod+B", "Mod+\\"],
  "edit.trimStart": ["Mod+{"],
  "edit.trimEnd": ["Mod+}"],
  "edit.deselect": ["Mod+Shift+A", "Escape"],
  "segment.earlier": ["Mod+<", "Alt+ArrowLeft"],
  "segment.later": ["Mod+>", "Alt+ArrowRight"],
  "segment.trim": ["Mod+D"],
  "edit.duplicate": ["Mod+Shift+D"],
  "timeline.select": ["A"],
  "timeline.zoomIn": ["Mod+=", "Mod++"],
  "timeline.zoomOut": ["Mod+-"],
  "timeline.fit": ["Shift+Z"],
  "view.shortcuts": ["Mod+Alt+K", "?"],
  "view.settings": ["Shift+9"],
  "film.render": ["Shift+8"],
};

const CAPCUT: Keys = {
  "play.fullScreen": ["Mod+Shift+F"],
  "edit.split": ["Mod+B"],
  "play.sound": [],
  "timeline.select": ["A"],
  "timeline.zoomIn": ["Mod+=", "Mod++"],
  "timeline.zoomOut": ["Mod+-"],
  "timeline.fit": ["Shift+Z"],
  "film.render": ["Mod+E"],
};

export const PRESET_KEYS: Readonly<Record<PresetId, Keys>> = {
  default: {},
  premiere: PREMIERE,
  resolve: RESOLVE,
  capcut: CAPCUT,
};
