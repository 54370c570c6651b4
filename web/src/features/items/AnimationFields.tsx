// How a text or an image comes and goes.
import { numberIn, wordsIn } from "@/engine/items";
import { useVocabulary } from "@/lib/queries";
import { Field } from "@/ui/Field";
import { NumberInput } from "@/ui/NumberInput";
import { Select } from "@/ui/Select";
import { at, type ItemForm } from "./form";

const PRESET = "preset";
const NONE = "none";
const SECONDS = 0.5;

/** `hasPreset`: nothing said means as the preset does it, in place of not at all. */
export function AnimationFields({ form, hasPreset }: { form: ItemForm; hasPreset: boolean }) {
  return (
    <>
      <Animation form={form} name="animate_in" label="Comes" hasPreset={hasPreset} />
      <Animation form={form} name="animate_out" label="Goes" hasPreset={hasPreset} />
    </>
  );
}

interface AnimationProps {
  form: ItemForm;
  name: "animate_in" | "animate_out";
  label: string;
  hasPreset: boolean;
}

function Animation({ form: { item, find, set }, name, label, hasPreset }: AnimationProps) {
  const labels = useVocabulary().data?.animations ?? {};
  const told = item.fields[name];
  const now = typeof told === "object" && told !== null ? (told as Record<string, unknown>) : null;
  // Once something was said, the server has no way back to saying nothing.
  const isUnsaid = told === undefined && hasPreset;
  const first = isUnsaid ? [{ value: PRESET, label: "As the preset does" }] : [];
  const kinds = Object.entries(labels).map(([value, text]) => ({ value, label: text }));
  const easing = name === "animate_in" ? "ease-out" : "ease-in";
  const choose = (kind: string) => {
    if (kind === PRESET) return;
    set({ [name]: kind === NONE ? null : { seconds: SECONDS, easing, ...now, kind } });
  };
  return (
    <div className="grid grid-cols-[minmax(0,1fr)_5rem] items-start gap-3">
      <Field label={label} {...at(find, `${name}.kind`)}>
        {({ id, describedBy, isInvalid }) => (
          <Select
            id={id}
            describedBy={describedBy}
            isInvalid={isInvalid}
            value={isUnsaid ? PRESET : now ? wordsIn(now, "kind") : NONE}
            groups={[{ options: [...first, { value: NONE, label: "At once" }, ...kinds] }]}
            onChange={choose}
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
            value={now && numberIn(now, "seconds", SECONDS)}
            unit="s"
            step={0.1}
            min={0.1}
            className="[&>input]:h-8"
            onChange={(seconds) => seconds !== null && set({ [name]: { ...now, seconds } })}
          />
        )}
      </Field>
    </div>
  );
}
