// The preset of a text, and what of its look is changed.
import { partIn, wordsIn } from "@/engine/items";
import { titleLook } from "@/engine/titleLook";
import { useVocabulary } from "@/lib/queries";
import { ColorField } from "@/ui/ColorField";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { SliderField } from "@/ui/SliderField";
import { at, type ItemForm } from "./form";

interface PresetFieldProps {
  form: ItemForm;
  usual: string;
}

export const presetOf = (form: ItemForm, usual: string): string =>
  wordsIn(form.item.fields, "preset") || usual;

export function PresetField({ form, usual }: PresetFieldProps) {
  const presets = useVocabulary().data?.presets ?? [];
  const value = presetOf(form, usual);
  return (
    <Field label="Preset" {...at(form.find, "preset")}>
      {({ id, describedBy, isInvalid }) => (
        <Select
          id={id}
          describedBy={describedBy}
          isInvalid={isInvalid}
          value={value}
          groups={[
            {
              options: presets.map(({ name, label, use }) => ({ value: name, label, detail: use })),
            },
          ]}
          onChange={(preset) => form.set({ preset })}
        />
      )}
    </Field>
  );
}

export function StyleFields({ form, usual }: PresetFieldProps) {
  const { item, find, set } = form;
  const style = partIn(item.fields, "style");
  const plain = titleLook(presetOf(form, usual));
  const change = (part: object) => set({ style: { ...style, ...part } });
  const without = (name: string) => {
    const { [name]: _gone, ...rest } = style;
    set({ style: rest });
  };
  return (
    <>
      <SliderField
        label="Size"
        unit="%"
        factor={100}
        step={0.001}
        min={0.02}
        max={0.3}
        neutral={plain.size}
        value={typeof style.size === "number" ? style.size : null}
        {...at(find, "style.size")}
        onChange={(size) => change({ size })}
        onReset={() => without("size")}
      />
      <ColorField
        label="Colour"
        usual={plain.color}
        value={typeof style.color === "string" ? style.color : null}
        {...at(find, "style.color")}
        onChange={(color) => change({ color })}
        onReset={() => without("color")}
      />
    </>
  );
}
