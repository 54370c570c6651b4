// Captions burnt into the picture: their file, and how they look.
import { FileText } from "lucide-react";
import { cuesIn } from "@/engine/cues";
import { wordsIn } from "@/engine/items";
import { titleLook } from "@/engine/titleLook";
import type { Item } from "@/lib/itemRequests";
import { Field, TextArea } from "@/ui/Field";
import { FileButton } from "@/ui/FileButton";
import { CAPTION_FILES } from "./CaptionDialog";
import { at, useItemForm } from "./form";
import { PlaceFields } from "./PlaceFields";
import { readText } from "./readText";
import { PresetField, presetOf, StyleFields } from "./StyleFields";

const USUAL = "caption";

export function CaptionForm({ item }: { item: Item }) {
  const form = useItemForm(item);
  const captions = wordsIn(item.fields, "captions");
  return (
    <>
      <Field
        label="SRT or WebVTT"
        aside={`${cuesIn(captions).length} captions`}
        {...at(form.find, "captions")}
      >
        {({ id, describedBy, isInvalid }) => (
          <TextArea
            id={id}
            aria-describedby={describedBy}
            aria-invalid={isInvalid || undefined}
            rows={9}
            value={captions}
            onChange={(event) => form.set({ captions: event.target.value })}
            className="font-mono text-xs"
          />
        )}
      </Field>
      <FileButton
        label="Take them from a file"
        size="sm"
        icon={<FileText />}
        accept={CAPTION_FILES}
        className="self-start"
        onFiles={([file]) =>
          file && void readText(file).then((text) => form.set({ captions: text }))
        }
      />
      <PresetField form={form} usual={USUAL} />
      <PlaceFields form={form} usual={titleLook(presetOf(form, USUAL)).anchor} />
      <StyleFields form={form} usual={USUAL} />
    </>
  );
}
