// What lies around and behind the letters of a text: outline, shadow, box and bar, each on or off.
import { SwitchRow } from "@/ui/SwitchRow";
import { StyleGroup } from "./StyleGroup";
import { type Share, StyleColor, StyleShare } from "./styleControls";
import { numberOf, type StyleForm } from "./styleForm";

interface Effect {
  title: string;
  /** The field that is above 0 where it is drawn, and what turning it on sets it to. */
  amount: string;
  start: number;
  color: string;
  shares: readonly Share[];
}

const STEP = 0.01;

const EFFECTS: readonly Effect[] = [
  {
    title: "Outline",
    amount: "outline_width",
    start: 0.08,
    color: "outline_color",
    shares: [{ name: "outline_width", label: "Width", min: 0.005, max: 0.3, step: 0.005 }],
  },
  {
    title: "Shadow",
    amount: "shadow_opacity",
    start: 0.7,
    color: "shadow_color",
    shares: [
      { name: "shadow_opacity", label: "Opacity", min: STEP, max: 1, step: STEP },
      { name: "shadow_blur", label: "Softness", min: 0, max: 1, step: STEP },
      { name: "shadow_x", label: "Across", min: -0.5, max: 0.5, step: STEP },
      { name: "shadow_y", label: "Down", min: -0.5, max: 0.5, step: STEP },
    ],
  },
  {
    title: "Box",
    amount: "box_opacity",
    start: 0.8,
    color: "box_color",
    shares: [
      { name: "box_opacity", label: "Opacity", min: STEP, max: 1, step: STEP },
      { name: "box_padding_x", label: "Room beside", min: 0, max: 2, step: STEP },
      { name: "box_padding_y", label: "Room above", min: 0, max: 2, step: STEP },
      { name: "box_radius", label: "Rounding", min: 0, max: 1, step: STEP },
    ],
  },
  {
    title: "Bar",
    amount: "bar_width",
    start: 0.14,
    color: "bar_color",
    shares: [{ name: "bar_width", label: "Width", min: STEP, max: 0.5, step: STEP }],
  },
];

export function EffectFields({ style }: { style: StyleForm }) {
  return EFFECTS.map((effect) => <EffectGroup key={effect.title} style={style} effect={effect} />);
}

function EffectGroup({ style, effect }: { style: StyleForm; effect: Effect }) {
  const { title, amount, start, color, shares } = effect;
  const isOn = numberOf(style.now, amount) > 0;
  const isUsual = numberOf(style.plain, amount) > 0;
  const turn = (on: boolean) =>
    on === isUsual ? style.drop(amount) : style.choose(amount, on ? start : 0);
  const fields = [amount, color, ...shares.map(({ name }) => name)];
  return (
    <StyleGroup title={title} aside={isOn ? "On" : "Off"} fields={fields} style={style}>
      <SwitchRow label={`Draw the ${title.toLowerCase()}`} isOn={isOn} onChange={turn} />
      {isOn && (
        <>
          <StyleColor style={style} name={color} label="Colour" />
          <div className="flex flex-col gap-1.5">
            {shares.map((share) => (
              <StyleShare key={share.name} style={style} {...share} />
            ))}
          </div>
        </>
      )}
    </StyleGroup>
  );
}
