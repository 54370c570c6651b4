// The preset of a text, and what of its look is changed.
import { useVocabulary } from "@/lib/queries";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { EffectFields } from "./EffectFields";
import { FontFields } from "./FontFields";
import { at, type ItemForm } from "./form";
import { LaterLineFields, ParagraphFields } from "./ParagraphFields";
import { StyleColor, StyleShare } from "./styleControls";
import { presetOf, useStyleForm } from "./styleForm";

export { presetOf };

interface PresetFieldProps {
  form: ItemForm;
  usual: string;
}

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
          onChange={(preset) => form.choose({ preset })}
        />
      )}
    </Field>
  );
}

export function StyleFields({ form, usual }: PresetFieldProps) {
  const style = useStyleForm(form, usual);
  if (style === null) return null;
  return (
    <>
      <div className="flex flex-col gap-1.5">
        <StyleShare style={style} name="size" label="Size" min={0.02} max={0.3} step={0.001} />
        <StyleShare style={style} name="opacity" label="Opacity" min={0} max={1} step={0.01} />
      </div>
      <StyleColor style={style} name="color" label="Colour" />
      <div className="flex flex-col gap-0.5">
        <FontFields style={style} />
        <ParagraphFields style={style} />
        <LaterLineFields style={style} />
        <EffectFields style={style} />
        {Object.keys(style.told).length > 0 && (
          <Button look="quiet" size="sm" className="-ml-2 self-start" onClick={style.clear}>
            Back to the preset's look
          </Button>
        )}
      </div>
    </>
  );
}
