// Light and colour of the clip, and a colour table (LUT).
import type { Segment } from "@/api/types";
import { changed, type Look, PLAIN_LOOK } from "@/engine/treatment";
import { editSegment } from "@/lib/actions/editSegment";
import { WHOLE } from "@/lib/actions/perform";
import { useSegmentProblems } from "@/lib/hooks/useProblems";
import { useUpload } from "@/lib/hooks/useUpload";
import { useAllMedia } from "@/lib/queries";
import { askAnew, keys } from "@/lib/queryClient";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { FileButton } from "@/ui/FileButton";
import { Select } from "@/ui/Select";
import { SliderField } from "@/ui/SliderField";
import { at } from "./parts";

const SLIDERS = [
  { name: "exposure", label: "Exposure", min: -3, max: 3, step: 0.05, unit: "EV" },
  { name: "contrast", label: "Contrast", min: 0, max: 2, step: 0.01, unit: "%", factor: 100 },
  { name: "saturation", label: "Saturation", min: 0, max: 2, step: 0.01, unit: "%", factor: 100 },
  { name: "temperature", label: "Warmth", min: -1, max: 1, step: 0.01, unit: "%", factor: 100 },
] as const;

const NO_TABLE = "none";

export function LookSection({ segment }: { segment: Segment }) {
  const find = useSegmentProblems(segment.id);
  const look: Look = { ...PLAIN_LOOK, ...segment.look };
  const change = (part: Partial<Look>, control: string | null) =>
    editSegment(segment.id, { look: changed(PLAIN_LOOK, segment.look, part) }, control);
  return (
    <>
      <div className="flex flex-col gap-1.5">
        {SLIDERS.map(({ name, ...slider }) => (
          <SliderField
            key={name}
            {...slider}
            value={look[name]}
            neutral={PLAIN_LOOK[name]}
            {...at(find, `look.${name}`)}
            onChange={(value) => change({ [name]: value }, name)}
          />
        ))}
      </div>
      <ColourTable
        value={look.lut}
        {...at(find, "look.lut")}
        onChange={(lut) => change({ lut }, WHOLE)}
      />
      <Button
        look="quiet"
        size="sm"
        disabled={segment.look === null}
        className="self-start"
        onClick={() => editSegment(segment.id, { look: null }, WHOLE)}
      >
        Reset the look
      </Button>
    </>
  );
}

interface ColourTableProps {
  /** Digest of the table. */
  value: string | null;
  error: string | undefined;
  fix: string | null | undefined;
  onChange: (digest: string | null) => void;
}

function ColourTable({ value, error, fix, onChange }: ColourTableProps) {
  const files = (useAllMedia().data ?? []).filter(({ kind }) => kind === "lut");
  const { upload, send } = useUpload((media) => {
    if (media.kind !== "lut") throw new Error("A look is a .cube file.");
    void askAnew(keys.allMedia);
    onChange(media.digest);
  });
  const known = new Map(files.map(({ digest, filename }) => [digest, filename]));
  if (value !== null && !known.has(value)) known.set(value, `Table ${value.slice(0, 8)}`);
  const options = [...known].map(([digest, label]) => ({ value: digest, label }));
  return (
    <Field label="Colour table" aside=".cube" error={error} fix={fix}>
      {({ id, describedBy, isInvalid }) => (
        <span className="flex gap-2">
          <span className="min-w-0 flex-1">
            <Select
              id={id}
              describedBy={describedBy}
              isInvalid={isInvalid}
              value={value ?? NO_TABLE}
              groups={[{ options: [{ value: NO_TABLE, label: "None" }, ...options] }]}
              onChange={(digest) => onChange(digest === NO_TABLE ? null : digest)}
            />
          </span>
          <FileButton
            label="Upload"
            accept=".cube"
            share={upload?.share}
            onFiles={(chosen) => void send(chosen.slice(0, 1))}
          />
        </span>
      )}
    </Field>
  );
}
