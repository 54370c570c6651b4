// Where in the frame something stands: one of nine places, and how far from there.
import { useId } from "react";
import { numberIn, partIn, wordsIn } from "@/engine/items";
import { ANCHORS } from "@/engine/places";
import { Disclosure } from "@/ui/Disclosure";
import { SliderField } from "@/ui/SliderField";
import { at, type ItemForm } from "./form";

/** `usual`: where it stands when nothing is said. */
export function PlaceFields({ form, usual }: { form: ItemForm; usual: string }) {
  const { item, find, set, choose } = form;
  const placement = partIn(item.fields, "placement");
  const isFree = placement.at !== undefined && placement.at !== null;
  const anchor = isFree ? "" : wordsIn(placement, "anchor") || usual;
  const change = (side: string, share: number) =>
    set({ placement: { anchor, ...placement, [side]: share } }, side);
  const problem = find("placement.anchor")?.message;
  const isMoved = placement.x !== undefined || placement.y !== undefined;
  return (
    <div className="flex flex-col gap-2">
      <AnchorPicker
        value={anchor}
        onChange={(chosen) => choose({ placement: { anchor: chosen } })}
      />
      {problem && (
        <p role="alert" className="text-xs text-bad">
          {problem}
        </p>
      )}
      {!isFree && (
        <Disclosure title="Move it from there" isOpen={isMoved || undefined}>
          <div className="flex flex-col gap-1.5">
            {(["x", "y"] as const).map((side) => (
              <SliderField
                key={side}
                label={side === "x" ? "Across" : "Down"}
                unit="%"
                factor={100}
                step={0.005}
                min={-0.5}
                max={0.5}
                neutral={0}
                value={numberIn(placement, side, 0)}
                {...at(find, `placement.${side}`)}
                onChange={(share) => change(side, share)}
              />
            ))}
          </div>
        </Disclosure>
      )}
    </div>
  );
}

interface AnchorPickerProps {
  value: string;
  onChange: (anchor: string) => void;
}

function AnchorPicker({ value, onChange }: AnchorPickerProps) {
  const name = useId();
  return (
    <fieldset className="flex min-w-0 items-start justify-between gap-3">
      <legend className="float-left text-xs font-medium text-muted">Position</legend>
      <div className="grid aspect-video w-28 grid-cols-3 rounded-lg border border-line bg-field p-1">
        {ANCHORS.flat().map((anchor) => (
          <label
            key={anchor}
            className="group/anchor flex cursor-pointer items-center justify-center rounded hover:bg-hover has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={name}
              value={anchor}
              aria-label={anchor.replace("-", " ")}
              checked={anchor === value}
              onChange={() => onChange(anchor)}
              className="sr-only"
            />
            <span
              aria-hidden
              className="size-1.5 rounded-[2px] bg-line-strong group-has-checked/anchor:h-2 group-has-checked/anchor:w-4 group-has-checked/anchor:bg-accent"
            />
          </label>
        ))}
      </div>
    </fieldset>
  );
}
