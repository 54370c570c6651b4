// A text over the film: words, preset, time, place, look, coming and going.
import { useEffect, useRef } from "react";
import { wordsIn } from "@/engine/items";
import { FRESH_TEXT } from "@/lib/actions/addFromLibrary";
import type { Item } from "@/lib/itemRequests";
import { Field, TextArea } from "@/ui/Field";
import { AnimationFields } from "./AnimationFields";
import { at, useItemForm } from "./form";
import { LanguageField } from "./LanguageField";
import { PlaceFields } from "./PlaceFields";
import { PresetField, StyleFields } from "./StyleFields";
import { usePreset } from "./styleForm";
import { TimingFields } from "./TimingFields";

const USUAL = "title";

export function TextForm({ item }: { item: Item }) {
  const form = useItemForm(item);
  const preset = usePreset(form, USUAL);
  const words = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    if (words.current?.value === FRESH_TEXT) words.current.select();
  }, []);
  return (
    <>
      <Field label="Words" {...at(form.find, "text")}>
        {({ id, describedBy, isInvalid }) => (
          <TextArea
            ref={words}
            id={id}
            aria-describedby={describedBy}
            aria-invalid={isInvalid || undefined}
            rows={2}
            value={wordsIn(item.fields, "text")}
            onChange={(event) => form.set({ text: event.target.value })}
            className="field-sizing-content max-h-48 min-h-16"
          />
        )}
      </Field>
      <PresetField form={form} usual={USUAL} />
      <TimingFields form={form} ending="To its end" />
      {preset && <PlaceFields form={form} usual={preset.placement.anchor} />}
      <StyleFields form={form} usual={USUAL} />
      <AnimationFields form={form} usual={preset} />
      <LanguageField form={form} />
    </>
  );
}
