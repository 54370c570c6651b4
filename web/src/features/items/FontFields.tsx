// The letters of a text: family, weight, upright or italic, and the space between them.
import type { Vocabulary } from "@/lib/itemRequests";
import { useVocabulary } from "@/lib/queries";
import { SwitchRow } from "@/ui/SwitchRow";
import { StyleGroup } from "./StyleGroup";
import { StyleChoice, StyleShare } from "./styleControls";
import { numberOf, type StyleForm, wordOf } from "./styleForm";

type Family = Vocabulary["families"][number];

const KINDS: Readonly<Record<Family["kind"], string>> = {
  sans: "Sans serif",
  serif: "Serif",
  display: "For headlines",
  handwriting: "Handwriting",
  mono: "Even width",
};

const SCRIPTS: Readonly<Record<Family["scripts"][number], string>> = {
  latin: "Latin",
  greek: "Greek",
  cyrillic: "Cyrillic",
};

const WEIGHTS: Readonly<Record<number, string>> = {
  100: "Thin",
  200: "Extra light",
  300: "Light",
  400: "Regular",
  500: "Medium",
  600: "Semi-bold",
  700: "Bold",
  800: "Extra bold",
  900: "Black",
};

const FONT = ["font", "weight", "italic", "letter_spacing"] as const;

export function FontFields({ style }: { style: StyleForm }) {
  const families = useVocabulary().data?.families ?? [];
  const { plain, now, choose, drop } = style;
  const family = families.find(({ name }) => name === now.font);
  const hasItalic = family?.italic === true;
  const isItalic = hasItalic && now.italic === true;
  const weight = nearestWeight(numberOf(now, "weight"), family);
  const aside = [now.font, WEIGHTS[weight], isItalic && "italic"].filter(Boolean).join(", ");
  const turn = (on: boolean) => (on === plain.italic ? drop("italic") : choose("italic", on));
  return (
    <StyleGroup title="Font" aside={aside} fields={FONT} style={style}>
      <StyleChoice
        style={style}
        name="font"
        label="Family"
        value={wordOf(now, "font")}
        options={families.map((one) => ({
          value: one.name,
          label: one.name,
          detail: `${KINDS[one.kind]} · ${one.scripts.map((script) => SCRIPTS[script]).join(", ")}`,
        }))}
        onChange={(font) => choose("font", font)}
      />
      <WeightField style={style} name="weight" label="Weight" family={family} />
      <SwitchRow
        label="Italic"
        help={family && !hasItalic ? `${family.name} has no italic letters.` : undefined}
        isOn={isItalic}
        isDisabled={!hasItalic}
        onChange={turn}
      />
      <StyleShare
        style={style}
        name="letter_spacing"
        label="Spacing"
        min={-0.1}
        max={0.4}
        step={0.005}
      />
    </StyleGroup>
  );
}

interface WeightFieldProps {
  style: StyleForm;
  name: "weight" | "rest_weight";
  label: string;
  family: Family | undefined;
}

const AS_FIRST = "first";

/** Those that the family has; lines after the first may be as heavy as the first. */
export function WeightField({ style, name, label, family }: WeightFieldProps) {
  const told = style.now[name];
  const same = name === "rest_weight" ? [{ value: AS_FIRST, label: "As the first line" }] : [];
  const weights = (family?.weights ?? []).map((weight) => ({
    value: String(weight),
    label: WEIGHTS[weight] ?? String(weight),
  }));
  const value = typeof told === "number" ? String(nearestWeight(told, family)) : AS_FIRST;
  return (
    <StyleChoice
      style={style}
      name={name}
      label={label}
      value={value}
      options={[...same, ...weights]}
      onChange={(weight) => style.choose(name, weight === AS_FIRST ? null : Number(weight))}
    />
  );
}

/** The one that is drawn: of two that are equally near, the bolder, as the server chooses. */
function nearestWeight(weight: number, family: Family | undefined): number {
  const known = family?.weights ?? [];
  const nearest = known.toSorted((a, b) => Math.abs(a - weight) - Math.abs(b - weight) || b - a);
  return nearest[0] ?? weight;
}
