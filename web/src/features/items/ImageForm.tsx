// An image over the film, such as a logo: file, time, place, size, coming and going.
import { numberIn } from "@/engine/items";
import { ACCEPTED_IMAGES } from "@/lib/hooks/useUpload";
import type { Item } from "@/lib/itemRequests";
import { SliderField } from "@/ui/SliderField";
import { AnimationFields } from "./AnimationFields";
import { FileOf } from "./FileOf";
import { at, useItemForm } from "./form";
import { PlaceFields } from "./PlaceFields";
import { TimingFields } from "./TimingFields";

const SCALE = 0.18;

export function ImageForm({ item }: { item: Item }) {
  const form = useItemForm(item);
  return (
    <>
      <FileOf form={form} accept={ACCEPTED_IMAGES} />
      <TimingFields form={form} ending="To its end" />
      <PlaceFields form={form} usual="top-right" />
      <div className="flex flex-col gap-1.5">
        <SliderField
          label="Size"
          unit="%"
          factor={100}
          step={0.01}
          min={0.01}
          max={1}
          neutral={SCALE}
          value={numberIn(item.fields, "scale", SCALE)}
          {...at(form.find, "scale")}
          onChange={(scale) => form.set({ scale })}
        />
        <SliderField
          label="Opacity"
          unit="%"
          factor={100}
          step={0.01}
          min={0}
          max={1}
          neutral={1}
          value={numberIn(item.fields, "opacity", 1)}
          {...at(form.find, "opacity")}
          onChange={(opacity) => form.set({ opacity })}
        />
      </div>
      <AnimationFields form={form} usual={null} />
    </>
  );
}
