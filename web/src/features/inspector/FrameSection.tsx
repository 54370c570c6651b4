// How the clip is put into the frame: fit, place and size, cropped sides, and a view that travels.
import type { Segment } from "@/api/types";
import { easingOptions } from "@/engine/easings";
import {
  changed,
  type Framing,
  MOVES,
  type Move,
  moveName,
  NO_CROP,
  PLAIN_FRAMING,
  type View,
  viewRoom,
  withinFrame,
} from "@/engine/treatment";
import { editSegment } from "@/lib/actions/editSegment";
import { WHOLE } from "@/lib/actions/perform";
import { type FindProblem, useSegmentProblems } from "@/lib/hooks/useProblems";
import { useVocabulary } from "@/lib/queries";
import { ColorField } from "@/ui/ColorField";
import { Disclosure } from "@/ui/Disclosure";
import { Field } from "@/ui/Field";
import { Segmented } from "@/ui/Segmented";
import { Select } from "@/ui/Select";
import { SliderField } from "@/ui/SliderField";
import { at } from "./parts";

const FITS = [
  { value: "fit", label: "Whole" },
  { value: "fill", label: "Fill" },
  { value: "stretch", label: "Stretch" },
] as const;

const SIDES = [
  { side: "left", label: "Left" },
  { side: "right", label: "Right" },
  { side: "top", label: "Top" },
  { side: "bottom", label: "Bottom" },
] as const;

const PERCENT = { unit: "%", factor: 100, step: 0.01 } as const;

interface PartProps {
  framing: Framing;
  find: FindProblem;
  /** `control`: see `part` of `editSegment`. */
  change: (part: Partial<Framing>, control: string | null) => void;
}

export function FrameSection({ segment }: { segment: Segment }) {
  const find = useSegmentProblems(segment.id);
  const framing: Framing = { ...PLAIN_FRAMING, ...segment.framing };
  const change: PartProps["change"] = (part, control) =>
    editSegment(segment.id, { framing: changed(PLAIN_FRAMING, segment.framing, part) }, control);
  const part = { framing, find, change };
  return (
    <>
      <Segmented
        label="In the frame"
        value={framing.fit}
        options={FITS}
        onChange={(fit) => change({ fit }, WHOLE)}
      />
      <Place {...part} />
      <Crop {...part} />
      <ColorField
        label="Background"
        value={framing.background === "black" ? null : framing.background}
        usual="#000000"
        {...at(find, "framing.background")}
        onChange={(background) => change({ background }, "background")}
        onReset={() => change({ background: "black" }, WHOLE)}
      />
      <MovingView {...part} />
    </>
  );
}

function Place({ framing, find, change }: PartProps) {
  return (
    <div className="flex flex-col gap-1.5">
      <SliderField
        label="Size"
        {...PERCENT}
        value={framing.scale}
        neutral={1}
        min={0.1}
        max={3}
        {...at(find, "framing.scale")}
        onChange={(scale) => change({ scale }, "size")}
      />
      <SliderField
        label="Across"
        {...PERCENT}
        value={framing.x}
        neutral={0}
        min={-1}
        max={1}
        {...at(find, "framing.x")}
        onChange={(x) => change({ x }, "across")}
      />
      <SliderField
        label="Down"
        {...PERCENT}
        value={framing.y}
        neutral={0}
        min={-1}
        max={1}
        {...at(find, "framing.y")}
        onChange={(y) => change({ y }, "down")}
      />
    </div>
  );
}

function Crop({ framing, find, change }: PartProps) {
  const crop = framing.crop ?? NO_CROP;
  return (
    <Disclosure title="Cut off the sides" isOpen={framing.crop !== null || undefined}>
      <div className="flex flex-col gap-1.5">
        {SIDES.map(({ side, label }) => (
          <SliderField
            key={side}
            label={label}
            {...PERCENT}
            value={crop[side]}
            neutral={0}
            min={0}
            max={0.9}
            {...at(find, `crop.${side}`)}
            onChange={(share) => {
              const next = { ...crop, [side]: share };
              const isNone = Object.values(next).every((part) => part === 0);
              change({ crop: isNone ? null : next }, side);
            }}
          />
        ))}
      </div>
    </Disclosure>
  );
}

function MovingView({ framing, find, change }: PartProps) {
  const easings = useVocabulary().data?.easings ?? [];
  const { move } = framing;
  const name = moveName(move);
  const choose = (chosen: string) => {
    if (chosen === "none") return change({ move: null }, WHOLE);
    const known = MOVES[chosen] ?? MOVES["push-in"];
    if (known === undefined || chosen === name) return;
    const { start, end } = known;
    change({ move: { start, end, easing: move?.easing ?? "smooth" } }, WHOLE);
  };
  const options = [
    { value: "none", label: "None" },
    ...Object.entries(MOVES).map(([value, { label }]) => ({ value, label })),
    ...(name === "own" ? [{ value: "own", label: "My own" }] : []),
  ];
  return (
    <>
      <Field label="Moving view" {...at(find, "framing.move")}>
        {({ id }) => <Select id={id} value={name} groups={[{ options }]} onChange={choose} />}
      </Field>
      {move && (
        <>
          <ViewFields label="From" edge="start" move={move} find={find} change={change} />
          <ViewFields label="To" edge="end" move={move} find={find} change={change} />
          <Field label="Pace" {...at(find, "move.easing")}>
            {({ id }) => (
              <Select
                id={id}
                value={move.easing}
                groups={easingOptions(easings)}
                onChange={(easing) => change({ move: { ...move, easing } }, WHOLE)}
              />
            )}
          </Field>
        </>
      )}
    </>
  );
}

interface ViewFieldsProps {
  label: string;
  edge: "start" | "end";
  move: Move;
  find: FindProblem;
  change: PartProps["change"];
}

function ViewFields({ label, edge, move, find, change }: ViewFieldsProps) {
  const view = move[edge];
  const room = viewRoom(view.scale);
  const set = (part: Partial<View>) =>
    change(
      { move: { ...move, [edge]: withinFrame({ ...view, ...part }) } },
      `${edge} ${Object.keys(part)}`,
    );
  const sides = [
    { name: "x", label: "Across" },
    { name: "y", label: "Down" },
  ] as const;
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1 text-2xs font-medium text-faint">{label}</legend>
      <SliderField
        label="Closeness"
        {...PERCENT}
        value={view.scale}
        neutral={1}
        min={1}
        max={3}
        {...at(find, `${edge}.scale`)}
        onChange={(scale) => set({ scale })}
      />
      {sides.map(({ name, label: side }) => (
        <SliderField
          key={name}
          label={side}
          {...PERCENT}
          step={0.005}
          value={view[name]}
          neutral={0}
          min={-Math.max(room, 0.01)}
          max={Math.max(room, 0.01)}
          isDisabled={room === 0}
          {...at(find, `${edge}.${name}`)}
          onChange={(place) => set({ [name]: place })}
        />
      ))}
    </fieldset>
  );
}
