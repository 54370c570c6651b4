// Controls for single fields of a text's look: each shows what holds, and leads back to the preset.
import { ColorField } from "@/ui/ColorField";
import { Field } from "@/ui/Field";
import { Resettable } from "@/ui/Resettable";
import { type Option, Select } from "@/ui/Select";
import { SliderField } from "@/ui/SliderField";
import { at } from "./form";
import { numberOf, type StyleForm, wordOf } from "./styleForm";

interface Part {
  style: StyleForm;
  name: string;
  label: string;
}

/** A fraction, shown as a percentage. The slider's ends are the usual ones; more may be typed. */
export interface Share {
  name: string;
  label: string;
  min: number;
  max: number;
  step: number;
}

export function StyleShare({ style, name, ...slider }: { style: StyleForm } & Share) {
  const value = style.told[name];
  return (
    <SliderField
      {...slider}
      unit="%"
      factor={100}
      neutral={numberOf(style.plain, name)}
      value={typeof value === "number" ? value : null}
      {...at(style.find, `style.${name}`)}
      onChange={(share) => style.set(name, share)}
      onReset={() => style.drop(name)}
    />
  );
}

/** `usual`: what holds where neither the text nor its preset says a colour. */
export function StyleColor({ style, name, label, usual = "" }: Part & { usual?: string }) {
  const value = style.told[name];
  return (
    <ColorField
      label={label}
      usual={wordOf(style.plain, name) || usual}
      value={typeof value === "string" ? value : null}
      {...at(style.find, `style.${name}`)}
      onChange={(color) => style.set(name, color)}
      onReset={() => style.drop(name)}
    />
  );
}

interface StyleChoiceProps extends Part {
  value: string;
  options: readonly Option[];
  onChange: (value: string) => void;
}

export function StyleChoice({ style, name, label, value, options, onChange }: StyleChoiceProps) {
  return (
    <Field label={label} {...at(style.find, `style.${name}`)}>
      {({ id, describedBy, isInvalid }) => (
        <Resettable
          label={label}
          isSet={style.told[name] !== undefined}
          onReset={() => style.drop(name)}
        >
          <Select
            id={id}
            describedBy={describedBy}
            isInvalid={isInvalid}
            value={value}
            groups={[{ options }]}
            onChange={onChange}
          />
        </Resettable>
      )}
    </Field>
  );
}
