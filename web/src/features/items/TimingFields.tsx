// When an item is on the film, and what it moves along with.
import { homeOf, numberIn, placesOf } from "@/engine/items";
import { useFilmLayout } from "@/lib/hooks/useFilmLayout";
import { useProject } from "@/lib/store/document";
import { Field } from "@/ui/Field";
import { NumberInput, rounded } from "@/ui/NumberInput";
import { Select } from "@/ui/Select";
import { at, type ItemForm } from "./form";

const FILM = "film";
const STEP = 0.1;
const LONGEST_NAME = 40;

/** `ending`: what an empty end means. */
export function TimingFields({ form, ending }: { form: ItemForm; ending: string }) {
  const { item, find, set } = form;
  const { fields } = item;
  const end = typeof fields.end === "number" ? fields.end : null;
  return (
    <>
      <div className="grid grid-cols-2 gap-3">
        <Field label="Start" {...at(find, "start")}>
          {({ id, describedBy, isInvalid }) => (
            <NumberInput
              id={id}
              describedBy={describedBy}
              isInvalid={isInvalid}
              value={numberIn(fields, "start", 0)}
              unit="s"
              step={STEP}
              min={0}
              onChange={(start) => start !== null && set({ start })}
            />
          )}
        </Field>
        <Field label="End" {...at(find, "end")}>
          {({ id, describedBy, isInvalid }) => (
            <NumberInput
              id={id}
              describedBy={describedBy}
              isInvalid={isInvalid}
              value={end}
              placeholder={ending}
              unit={end === null ? undefined : "s"}
              step={STEP}
              min={0}
              onChange={(moment) => set({ end: moment })}
            />
          )}
        </Field>
      </div>
      <TieField form={form} />
    </>
  );
}

function TieField({ form: { item, find, change } }: { form: ItemForm }) {
  const { segments } = useProject();
  const film = useFilmLayout();
  const places = placesOf(segments);
  /** It stays where it is; only what its times count from changes. */
  const tie = (chosen: string) => {
    const segment = chosen === FILM ? null : chosen;
    const shift = homeOf(item.segment, film, places).start - homeOf(segment, film, places).start;
    const start = Math.max(0, numberIn(item.fields, "start", 0) + shift);
    const end = typeof item.fields.end === "number" ? item.fields.end + shift : null;
    const isKept = end !== null && end > start;
    change({ segment, fields: { start: rounded(start), end: isKept ? rounded(end) : null } });
  };
  const options = segments.map((segment, index) => ({
    value: segment.id,
    label: `Segment ${index + 1}`,
    detail: segment.prompt.slice(0, LONGEST_NAME),
  }));
  return (
    <Field label="Counted from the start of" {...at(find, "segment")}>
      {({ id, describedBy, isInvalid }) => (
        <Select
          id={id}
          describedBy={describedBy}
          isInvalid={isInvalid}
          value={item.segment ?? FILM}
          groups={[{ options: [{ value: FILM, label: "The film" }] }, { options }]}
          onChange={tie}
        />
      )}
    </Field>
  );
}
