// How a sound steps back while somebody speaks.
import { numberIn, partIn } from "@/engine/items";
import { USUAL_DUCKING } from "@/engine/scene/sounds";
import { Disclosure } from "@/ui/Disclosure";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { SliderField } from "@/ui/SliderField";
import { SwitchRow } from "@/ui/SwitchRow";
import { at, type ItemForm } from "./form";

const TIMES = [
  { name: "attack", label: "Sinks within", max: 2 },
  { name: "hold", label: "Stays down", max: 5 },
  { name: "release", label: "Back within", max: 5 },
] as const;

const SPEAKERS = [
  { value: "voice", label: "Voices", detail: "Sounds that are a voice" },
  { value: "clip", label: "Clips", detail: "The clips' own sound" },
  { value: "voice clip", label: "Voices and clips" },
];

export function DuckingFields({ form: { item, find, set, choose } }: { form: ItemForm }) {
  const { duck } = item.fields;
  const isOn = duck === true || (typeof duck === "object" && duck !== null);
  const now = partIn(item.fields, "duck");
  const change = (name: string, value: unknown) => set({ duck: { ...now, [name]: value } }, name);
  const chooseUnder = (under: readonly string[]) => choose({ duck: { ...now, under } });
  const isWrong = [...TIMES.map(({ name }) => name), "under"].some((name) => find(`duck.${name}`));
  return (
    <>
      <SwitchRow
        label="Step back under voices"
        help="Gets quieter while somebody speaks."
        isOn={isOn}
        onChange={(on) => choose({ duck: on ? true : null })}
      />
      {isOn && (
        <>
          <SliderField
            label="By"
            unit="dB"
            min={0}
            max={40}
            step={0.5}
            neutral={USUAL_DUCKING.amount_db}
            value={numberIn(now, "amount_db", USUAL_DUCKING.amount_db)}
            {...at(find, "duck.amount_db")}
            onChange={(amount) => change("amount_db", amount)}
          />
          <Disclosure title="How it steps back" isOpen={isWrong || undefined}>
            <div className="flex flex-col gap-1.5">
              {TIMES.map(({ name, label, max }) => (
                <SliderField
                  key={name}
                  label={label}
                  unit="s"
                  min={0}
                  max={max}
                  step={0.05}
                  neutral={USUAL_DUCKING[name]}
                  value={numberIn(now, name, USUAL_DUCKING[name])}
                  {...at(find, `duck.${name}`)}
                  onChange={(seconds) => change(name, seconds)}
                />
              ))}
              <Field label="Under" className="mt-1.5" {...at(find, "duck.under")}>
                {({ id, describedBy, isInvalid }) => (
                  <Select
                    id={id}
                    describedBy={describedBy}
                    isInvalid={isInvalid}
                    value={speakersOf(now.under)}
                    groups={[{ options: SPEAKERS }]}
                    onChange={(speakers) => chooseUnder(speakers.split(" "))}
                  />
                )}
              </Field>
            </div>
          </Disclosure>
        </>
      )}
    </>
  );
}

function speakersOf(under: unknown): string {
  const told: readonly unknown[] = Array.isArray(under) ? under : USUAL_DUCKING.under;
  return ["voice", "clip"].filter((one) => told.includes(one)).join(" ");
}
