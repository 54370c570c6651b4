// What the controls of a text's look work with: the preset's look, what is said otherwise, and both.
import { partIn, wordsIn } from "@/engine/items";
import type { FindProblem } from "@/lib/hooks/useProblems";
import { useVocabulary } from "@/lib/queries";
import type { ItemForm } from "./form";

export type Style = Readonly<Record<string, string | number | boolean | null>>;

export interface StyleForm {
  /** The preset's look, complete. */
  plain: Style;
  /** What of it is changed. */
  told: Style;
  /** The look as it is. */
  now: Style;
  find: FindProblem;
  /** Types into a field. */
  set: (name: string, value: Style[string]) => void;
  /** Changes a field at once, by a switch or a choice. */
  choose: (name: string, value: Style[string]) => void;
  /** Makes a field as the preset has it. */
  drop: (name: string) => void;
  /** Makes all of it as the preset has it. */
  clear: () => void;
}

export const presetOf = (form: ItemForm, usual: string): string =>
  wordsIn(form.item.fields, "preset") || usual;

/** The preset of a text; undefined until the server has told of it. */
export function usePreset(form: ItemForm, usual: string) {
  const name = presetOf(form, usual);
  return useVocabulary().data?.presets.find((preset) => preset.name === name);
}

/** Null until the server has told what presets look like. */
export function useStyleForm(form: ItemForm, usual: string): StyleForm | null {
  const plain: Style | undefined = usePreset(form, usual)?.style;
  if (plain === undefined) return null;
  const told = partIn(form.item.fields, "style") as Style;
  return {
    plain,
    told,
    now: { ...plain, ...told },
    find: form.find,
    set: (name, value) => form.set({ style: { ...told, [name]: value } }, name),
    choose: (name, value) => form.choose({ style: { ...told, [name]: value } }),
    drop: (name) => {
      const { [name]: _gone, ...rest } = told;
      if (Object.keys(rest).length > 0) form.choose({ style: rest });
      else form.unset("style");
    },
    clear: () => form.unset("style"),
  };
}

/** A number of the look; every one has a value in the preset. */
export const numberOf = (style: Style, name: string): number => {
  const value = style[name];
  return typeof value === "number" ? value : 0;
};

/** Words of the look. */
export const wordOf = (style: Style, name: string): string => {
  const value = style[name];
  return typeof value === "string" ? value : "";
};
