// The language of captions: players name their track by it, and shared characters take its form.
import { useState } from "react";
import { wordsIn } from "@/engine/items";
import { languageName } from "@/engine/languages";
import { Field, Input } from "@/ui/Field";
import { at, type ItemForm } from "./form";

export function CaptionLanguageField({ form: { item, find, choose, unset } }: { form: ItemForm }) {
  const told = wordsIn(item.fields, "language");
  const [draft, setDraft] = useState<string | null>(null);
  const take = () => {
    const tag = draft?.trim();
    setDraft(null);
    if (tag === undefined || tag === told) return;
    if (tag === "") unset("language");
    else choose({ language: tag });
  };
  return (
    <Field
      label="Language"
      aside={languageName(told)}
      help="As players name the track: en, pt-BR, zh-Hant."
      isQuiet
      {...at(find, "language")}
    >
      {({ id, describedBy, isInvalid }) => (
        <Input
          id={id}
          aria-describedby={describedBy}
          aria-invalid={isInvalid || undefined}
          value={draft ?? told}
          placeholder="Not said"
          spellCheck={false}
          onChange={(event) => setDraft(event.target.value)}
          onBlur={take}
          onKeyDown={(event) => event.key === "Enter" && take()}
        />
      )}
    </Field>
  );
}
