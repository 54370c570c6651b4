// Music, a voice or an effect: file, role, time, loudness, repeating, and stepping back under voices.
import { numberIn, partIn, wordsIn } from "@/engine/items";
import { ACCEPTED_SOUND } from "@/lib/hooks/useUpload";
import type { Item } from "@/lib/itemRequests";
import { Disclosure } from "@/ui/Disclosure";
import { Field } from "@/ui/Field";
import { NumberInput } from "@/ui/NumberInput";
import { Segmented } from "@/ui/Segmented";
import { SliderField } from "@/ui/SliderField";
import { SwitchRow } from "@/ui/SwitchRow";
import { DuckingFields } from "./DuckingFields";
import { FileOf } from "./FileOf";
import { at, type ItemForm, useItemForm } from "./form";
import { TimingFields } from "./TimingFields";
import { VolumeFields } from "./VolumeFields";

const ROLES = [
  { value: "music", label: "Music" },
  { value: "voice", label: "Voice" },
  { value: "effect", label: "Effect" },
] as const;

const LEVELS = [
  { name: "gain_db", label: "Volume", unit: "dB", min: -40, max: 12, step: 0.5 },
  { name: "fade_in", label: "Fade in", unit: "s", min: 0, max: 10, step: 0.1 },
  { name: "fade_out", label: "Fade out", unit: "s", min: 0, max: 10, step: 0.1 },
] as const;

export function AudioForm({ item }: { item: Item }) {
  const form = useItemForm(item);
  const { fields } = item;
  const isMuted = fields.muted === true;
  const role = wordsIn(fields, "role") || "music";
  return (
    <>
      <FileOf form={form} accept={ACCEPTED_SOUND} />
      <Segmented
        label="What it is"
        value={role as (typeof ROLES)[number]["value"]}
        options={ROLES}
        onChange={(next) => form.choose({ role: next })}
      />
      <TimingFields
        form={form}
        ending={fields.loop === true ? "End of the film" : "With the file"}
      />
      <SwitchRow label="Muted" isOn={isMuted} onChange={(muted) => form.choose({ muted })} />
      <div className="flex flex-col gap-1.5">
        {LEVELS.map(({ name, ...slider }) => (
          <SliderField
            key={name}
            {...slider}
            value={numberIn(fields, name, 0)}
            neutral={0}
            isDisabled={isMuted}
            {...at(form.find, name)}
            onChange={(value) => form.set({ [name]: value })}
          />
        ))}
      </div>
      <VolumeFields form={form} isMuted={isMuted} />
      <SwitchRow
        label="Repeat"
        help="Again and again until its end."
        isOn={fields.loop === true}
        onChange={(loop) => form.choose({ loop })}
      />
      <DuckingFields form={form} />
      <FilePart form={form} />
    </>
  );
}

function FilePart({ form: { item, find, set } }: { form: ItemForm }) {
  const trim = partIn(item.fields, "trim");
  const start = numberIn(trim, "start", 0);
  const end = typeof trim.end === "number" ? trim.end : null;
  const change = (part: object) => set({ trim: { start, end, ...part } }, Object.keys(part).join());
  return (
    <Disclosure title="Part of the file" isOpen={start > 0 || end !== null || undefined}>
      <div className="grid grid-cols-2 gap-3">
        <Field label="From" {...at(find, "trim.start")}>
          {({ id, describedBy, isInvalid }) => (
            <NumberInput
              id={id}
              describedBy={describedBy}
              isInvalid={isInvalid}
              value={start}
              unit="s"
              step={0.1}
              min={0}
              onChange={(moment) => moment !== null && change({ start: moment })}
            />
          )}
        </Field>
        <Field label="To" {...at(find, "trim.end")}>
          {({ id, describedBy, isInvalid }) => (
            <NumberInput
              id={id}
              describedBy={describedBy}
              isInvalid={isInvalid}
              value={end}
              placeholder="Its end"
              unit={end === null ? undefined : "s"}
              step={0.1}
              min={0}
              onChange={(moment) => change({ end: moment })}
            />
          )}
        </Field>
      </div>
    </Disclosure>
  );
}
