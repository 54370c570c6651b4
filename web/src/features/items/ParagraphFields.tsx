// The lines of a text: to which side they are set, how far apart and how wide, and those after the
// first.
import { useVocabulary } from "@/lib/queries";
import { WeightField } from "./FontFields";
import { StyleGroup } from "./StyleGroup";
import { type Share, StyleChoice, StyleColor, StyleShare } from "./styleControls";
import { numberOf, type StyleForm, wordOf } from "./styleForm";

const SIDES: Readonly<Record<string, { label: string; detail?: string }>> = {
  start: { label: "Start", detail: "Left, or right where the writing begins there" },
  center: { label: "Centre" },
  end: { label: "End", detail: "Right, or left where the writing ends there" },
  left: { label: "Left" },
  right: { label: "Right" },
};

const LINES: readonly Share[] = [
  { name: "line_height", label: "Line height", min: 0.8, max: 2, step: 0.01 },
  { name: "max_width", label: "Widest", min: 0.1, max: 1, step: 0.01 },
  { name: "max_height", label: "Highest", min: 0.1, max: 1, step: 0.01 },
];
const PARAGRAPH = ["align", ...LINES.map(({ name }) => name)];

const REST: readonly Share[] = [
  { name: "rest_scale", label: "Size", min: 0.2, max: 1.5, step: 0.01 },
  { name: "rest_gap", label: "Gap before", min: 0, max: 1, step: 0.01 },
];
const LATER = ["rest_weight", "rest_color", ...REST.map(({ name }) => name)];

export function ParagraphFields({ style }: { style: StyleForm }) {
  const alignments = useVocabulary().data?.alignments ?? [];
  const align = wordOf(style.now, "align");
  return (
    <StyleGroup
      title="Paragraph"
      aside={SIDES[align]?.label ?? align}
      fields={PARAGRAPH}
      style={style}
    >
      <StyleChoice
        style={style}
        name="align"
        label="Alignment"
        value={align}
        options={alignments.map((value) => ({ value, label: value, ...SIDES[value] }))}
        onChange={(side) => style.choose("align", side)}
      />
      <Shares style={style} shares={LINES} />
    </StyleGroup>
  );
}

export function LaterLineFields({ style }: { style: StyleForm }) {
  const families = useVocabulary().data?.families ?? [];
  const { now } = style;
  const size = Math.round(numberOf(now, "rest_scale") * 100);
  return (
    <StyleGroup
      title="Lines after the first"
      aside={size === 100 ? "As large" : `${size} % of its size`}
      fields={LATER}
      style={style}
    >
      <WeightField
        style={style}
        name="rest_weight"
        label="Weight"
        family={families.find(({ name }) => name === now.font)}
      />
      <StyleColor style={style} name="rest_color" label="Colour" usual={wordOf(now, "color")} />
      <Shares style={style} shares={REST} />
    </StyleGroup>
  );
}

function Shares({ style, shares }: { style: StyleForm; shares: readonly Share[] }) {
  return (
    <div className="flex flex-col gap-1.5">
      {shares.map((share) => (
        <StyleShare key={share.name} style={style} {...share} />
      ))}
    </div>
  );
}
