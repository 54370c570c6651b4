// Keys that belong to what has the focus and are the same for everybody, as in every list: they are told
// beside the commands' own, and cannot be changed. Carried out where they belong.

export interface FocusKey {
  title: string;
  combos: readonly string[];
}

/** On a clip of the timeline. */
export const CLIP_KEYS: readonly FocusKey[] = [
  { title: "Choose the clip before or after", combos: ["ArrowLeft", "ArrowRight"] },
  {
    title: "Choose up to the clip before or after",
    combos: ["Shift+ArrowLeft", "Shift+ArrowRight"],
  },
  { title: "Choose the first or the last clip", combos: ["Home", "End"] },
  { title: "Choose up to the first or the last clip", combos: ["Shift+Home", "Shift+End"] },
  { title: "Go to the inspector", combos: ["Enter"] },
  { title: "Open the clip's menu", combos: ["Shift+F10"] },
];
