// The volume of a sound over its time, as a list of points with a time and a gain each.
import { Plus, X } from "lucide-react";
import { Button } from "./Button";
import { IconButton } from "./IconButton";
import { NumberInput } from "./NumberInput";
import { useFocusKept } from "./useFocusKept";

/** Seconds that lie between two points at least, by the arrow keys. */
const APART = 0.01;
const LOUDEST = 24;
const QUIETEST = -60;

/** Seconds from where the sound begins, and decibels that are added to its volume. */
interface VolumePoint {
  at: number;
  gain_db: number;
}

interface PointListProps {
  points: readonly VolumePoint[];
  isDisabled?: boolean;
  /** What is wrong with a point. */
  problem: (index: number) => { message: string; fix?: string | null } | undefined;
  onAdd: () => void;
  onChange: (index: number, part: Partial<VolumePoint>) => void;
  onRemove: (index: number) => void;
}

export function PointList(props: PointListProps) {
  const { points, isDisabled, onAdd } = props;
  const kept = useFocusKept((list) => list.querySelector<HTMLElement>(":scope > button"));
  return (
    <div className="flex flex-col gap-2" {...kept}>
      <p className="text-2xs text-faint">
        {points.length === 0
          ? "Without points it stays the same."
          : "Added to the volume; evenly from one point to the next."}
      </p>
      {points.length > 0 && (
        <ol aria-label="Points" className="flex flex-col gap-1.5">
          {points.map((_, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a point is its place in time
            <PointRow key={index} index={index} {...props} />
          ))}
        </ol>
      )}
      <Button size="sm" className="self-start" disabled={isDisabled} onClick={onAdd}>
        <Plus aria-hidden /> Add a point at the playhead
      </Button>
    </div>
  );
}

function PointRow({ index, points, isDisabled, problem, ...does }: PointListProps & RowProps) {
  const { at, gain_db } = points[index] as VolumePoint;
  const wrong = problem(index);
  const [before, after] = [points[index - 1], points[index + 1]];
  const name = `point ${index + 1}`;
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_1.5rem] items-center gap-2">
      <NumberInput
        label={`Time of ${name}`}
        value={at}
        unit="s"
        step={0.1}
        min={before ? before.at + APART : 0}
        max={after && after.at - APART}
        isInvalid={wrong !== undefined}
        isDisabled={isDisabled}
        onChange={(moment) => moment !== null && does.onChange(index, { at: moment })}
      />
      <NumberInput
        label={`Volume at ${name}`}
        value={gain_db}
        unit="dB"
        step={0.5}
        min={QUIETEST}
        max={LOUDEST}
        isInvalid={wrong !== undefined}
        isDisabled={isDisabled}
        onChange={(gain) => gain !== null && does.onChange(index, { gain_db: gain })}
      />
      <IconButton
        label={`Remove ${name}`}
        disabled={isDisabled}
        onClick={() => does.onRemove(index)}
        className="size-6 [&>svg]:size-3.5"
      >
        <X />
      </IconButton>
      {wrong && (
        <p role="alert" className="col-span-3 text-xs text-bad first-letter:uppercase">
          {wrong.message}
          {wrong.fix && <span className="block text-muted">{wrong.fix}</span>}
        </p>
      )}
    </li>
  );
}

interface RowProps {
  index: number;
}
