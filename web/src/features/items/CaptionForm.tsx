// Captions: their file, how they are shown, and how they look in the picture.
import { FileText } from "lucide-react";
import { cuesIn } from "@/engine/cues";
import { wordsIn } from "@/engine/items";
import type { Item } from "@/lib/itemRequests";
import { Field, TextArea } from "@/ui/Field";
import { FileButton } from "@/ui/FileButton";
import { Select } from "@/ui/Select";
import { CAPTION_FILES } from "./CaptionDialog";
import { CaptionLanguageField } from "./CaptionLanguageField";
import { EncodingChoice } from "./EncodingChoice";
import { at, type ItemForm, useItemForm } from "./form";
import { PlaceFields } from "./PlaceFields";
import { PresetField, StyleFields } from "./StyleFields";
import { usePreset } from "./styleForm";
import { useTextFile } from "./useTextFile";

const USUAL = "caption";

export function CaptionForm({ item }: { item: Item }) {
  const form = useItemForm(item);
  const preset = usePreset(form, USUAL);
  const file = useTextFile((text) => form.choose({ captions: text }));
  const captions = wordsIn(item.fields, "captions");
  const show = wordsIn(item.fields, "show");
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
        onFiles={file.pick}
      />
      {file.bytes && <EncodingChoice bytes={file.bytes} settle={file.settle} />}
      <ShowField form={form} />
      <CaptionLanguageField form={form} />
      {show !== "track" && (
        <>
          <PresetField form={form} usual={USUAL} />
          {preset && <PlaceFields form={form} usual={preset.placement.anchor} />}
          <StyleFields form={form} usual={USUAL} />
        </>
      )}
    </>
  );
}

const BURNT = "burnt";
const WAYS = [
  { value: BURNT, label: "In the picture", detail: "Everybody sees them" },
  { value: "track", label: "As a track", detail: "Viewers turn them on" },
  { value: "both", label: "Both" },
];

function ShowField({ form }: { form: ItemForm }) {
  return (
    <Field label="Shown" {...at(form.find, "show")}>
      {({ id, describedBy, isInvalid }) => (
        <Select
          id={id}
          describedBy={describedBy}
          isInvalid={isInvalid}
          value={wordsIn(form.item.fields, "show") || BURNT}
          groups={[{ options: WAYS }]}
          onChange={(show) => form.choose({ show })}
        />
      )}
    </Field>
  );
}
