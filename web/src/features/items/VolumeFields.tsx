// The volume of a sound on the film over its time.
import { volumePointsIn, withChangedPoint } from "@/engine/volumePoints";
import { usePlacedItems } from "@/lib/hooks/usePlacedItems";
import { pointAtPlayhead } from "@/lib/pointAtPlayhead";
import { Disclosure } from "@/ui/Disclosure";
import { PointList } from "@/ui/PointList";
import type { ItemForm } from "./form";

const FIELD = "keyframes";

export function VolumeFields({ form, isMuted }: { form: ItemForm; isMuted: boolean }) {
  const { item, find, set, choose, unset } = form;
  const placed = usePlacedItems().find((other) => other.item.id === item.id);
  const points = volumePointsIn(item.fields[FIELD]);
  const problem = (index: number) =>
    ["", ".at", ".gain_db"]
      .map((part) => find(`${FIELD}.${index}${part}`))
      .find((found) => found !== undefined);
  const add = () => {
    const more = placed && pointAtPlayhead(points, placed.span);
    if (more) choose({ [FIELD]: more });
  };
  const remove = (gone: number) => {
    if (points.length === 1) return unset(FIELD);
    choose({ [FIELD]: points.filter((_, index) => index !== gone) });
  };
  const isWrong = points.some((_, index) => problem(index) !== undefined);
  return (
    <Disclosure
      title="Volume over time"
      aside={points.length === 0 ? "Even" : `Points: ${points.length}`}
      isOpen={isWrong || undefined}
    >
      <PointList
        points={points}
        isDisabled={isMuted}
        problem={problem}
        onAdd={add}
        onRemove={remove}
        onChange={(index, part) =>
          set({ [FIELD]: withChangedPoint(points, index, part) }, `${index} ${Object.keys(part)}`)
        }
      />
    </Disclosure>
  );
}
