// How a text or an image comes and goes.
import { easingOptions } from "@/engine/easings";
import { numberIn, partIn, wordsIn } from "@/engine/items";
import type { Vocabulary } from "@/lib/itemRequests";
import { useVocabulary } from "@/lib/queries";
import { Field } from "@/ui/Field";
import { NumberInput } from "@/ui/NumberInput";
import { Select } from "@/ui/Select";
import { at, type ItemForm } from "./form";

const PRESET = "preset";
const NONE = "none";
const SECONDS = 0.5;

type Preset = Vocabulary["presets"][number];
type Animation = NonNullable<Preset["animate_in"]>;

interface AnimationFieldsProps {
  form: ItemForm;
  /** Nothing said means as this preset does it; undefined until it is known, null for not at all. */
  usual: Preset | undefined | null;
}

export function AnimationFields({ form, usual }: AnimationFieldsProps) {
  return (
    <>
      <AnimationField form={form} name="animate_in" label="Comes" usual={usual} />
      <AnimationField form={form} name="animate_out" label="Goes" usual={usual} />
    </>
  );
}

interface AnimationFieldProps extends AnimationFieldsProps {
  name: "animate_in" | "animate_out";
  label: string;
}

function AnimationField({ form, name, label, usual }: AnimationFieldProps) {
  const { item, find, set, choose, unset } = form;
  const vocabulary = useVocabulary().data;
  const labels = vocabulary?.animations ?? {};
  const isUnsaid = !(name in item.fields);
  const plain = usual?.[name] ?? null;
  const now = isUnsaid ? plain : told(item.fields, name);
  const fresh = { seconds: SECONDS, easing: name === "animate_in" ? "ease-out" : "ease-in" };
  const withPart = (part: Partial<Animation>) => ({ [name]: { ...fresh, ...now, ...part } });
  const chooseKind = (kind: string) => {
    if (kind === PRESET) unset(name);
    else choose(kind === NONE ? { [name]: null } : withPart({ kind }));
  };
  const kinds = Object.entries(labels).map(([value, text]) => ({ value, label: text }));
  const asPreset = {
    value: PRESET,
    label: "As the preset does",
    detail: plain === null ? "At once" : (labels[plain.kind] ?? plain.kind),
  };
  const first = usual === null ? [] : [asPreset];
  const isAsPreset = isUnsaid && usual !== null;
  return (
    <fieldset aria-label={label} className="flex min-w-0 flex-col gap-2">
      <div className="grid grid-cols-[minmax(0,1fr)_5rem] items-start gap-3">
        <Field label={label} {...at(find, `${name}.kind`)}>
          {({ id, describedBy, isInvalid }) => (
            <Select
              id={id}
              describedBy={describedBy}
              isInvalid={isInvalid}
              value={isAsPreset ? PRESET : (now?.kind ?? NONE)}
              groups={[{ options: [...first, { value: NONE, label: "At once" }, ...kinds] }]}
              onChange={chooseKind}
            />
          )}
        </Field>
        <Field label="Takes" {...at(find, `${name}.seconds`)}>
          {({ id, describedBy, isInvalid }) => (
            <NumberInput
              id={id}
              describedBy={describedBy}
              isInvalid={isInvalid}
              isDisabled={now === null}
              value={now?.seconds ?? null}
              unit="s"
              step={0.1}
              min={0.1}
              className="[&>input]:h-8"
              onChange={(seconds) => seconds !== null && set(withPart({ seconds }), "seconds")}
            />
          )}
        </Field>
      </div>
      {now !== null && (
        <Field label="Pace" {...at(find, `${name}.easing`)}>
          {({ id, describedBy, isInvalid }) => (
            <Select
              id={id}
              describedBy={describedBy}
              isInvalid={isInvalid}
              value={now.easing}
              groups={easingOptions(vocabulary?.easings ?? [])}
              onChange={(easing) => choose(withPart({ easing }))}
            />
          )}
        </Field>
      )}
    </fieldset>
  );
}

/** What is said of a movement, with what the server adds where it is said in part. */
function told(fields: ItemForm["item"]["fields"], name: string): Animation | null {
  const said = fields[name];
  if (said === undefined || said === null) return null;
  const move = partIn(fields, name);
  return {
    kind: wordsIn(move, "kind") || "fade",
    seconds: numberIn(move, "seconds", SECONDS),
    easing: wordsIn(move, "easing") || "ease-out",
  };
}
