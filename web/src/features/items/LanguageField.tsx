// The language of a text: which form of the characters is meant that some languages share.
import { languageName, OWN_FORMS } from "@/engine/languages";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { at, type ItemForm } from "./form";

const BY_WORDS = "words";

const LANGUAGES = [
  { value: BY_WORDS, label: "As its words tell" },
  ...OWN_FORMS.map((tag) => ({ value: tag, label: languageName(tag) ?? tag })),
];

export function LanguageField({ form: { item, find, choose, unset } }: { form: ItemForm }) {
  const told = item.fields.language;
  return (
    <Field label="Language" {...at(find, "language")}>
      {({ id, describedBy, isInvalid }) => (
        <Select
          id={id}
          describedBy={describedBy}
          isInvalid={isInvalid}
          value={typeof told === "string" ? told : BY_WORDS}
          groups={[{ options: LANGUAGES }]}
          onChange={(tag) => (tag === BY_WORDS ? unset("language") : choose({ language: tag }))}
        />
      )}
    </Field>
  );
}
