// One segment of the plan, with what changed.
import { memo, useEffect, useRef } from "react";
import type { PlanSegment } from "@/api/types";
import { difference } from "@/engine/difference";
import { mayCost, priceText } from "@/engine/money";
import { humanise } from "@/engine/paramForm";
import { shortWait } from "@/engine/timecode";
import type { Rows } from "@/lib/hooks/useRows";
import { select } from "@/lib/store/session";
import { Badge, type Tone } from "@/ui/Badge";
import { PlanExtras } from "./PlanExtras";

const ACTIONS: Record<PlanSegment["action"], { label: string; tone: Tone }> = {
  reuse: { label: "Reuse", tone: "good" },
  generate: { label: "Generate", tone: "accent" },
  pinned: { label: "Pinned", tone: "neutral" },
  uploaded: { label: "Own footage", tone: "neutral" },
};

type Change = PlanSegment["reason"]["changes"][number];

/** Another model brings other parameters along; those that merely vanish with it say nothing. */
function changesToShow({ reason }: PlanSegment): Change[] {
  const hasOtherModel = reason.changes.some((change) => change.field === "model");
  return reason.changes.filter((change) => !hasOtherModel || change.new !== null);
}

const fieldName = (field: string) => humanise(field.replace(/^\w+\./, ""));

function reason(row: PlanSegment): string {
  if (row.reason.code !== "changed") return row.reason.message;
  return `Changed: ${changesToShow(row)
    .map((change) => fieldName(change.field).toLowerCase())
    .join(", ")}`;
}

interface PlanRowProps {
  row: PlanSegment;
  /** Among all rows, from 0. */
  place: number;
  count: number;
  prompt: string;
  onFocus: (place: number) => void;
  measure: Rows["measure"];
}

export const PlanRow = memo(function PlanRow(props: PlanRowProps) {
  const { row, place, count, prompt, onFocus, measure } = props;
  const action = ACTIONS[row.action];
  const box = useRef<HTMLLIElement>(null);
  useEffect(() => (box.current === null ? undefined : measure(box.current)), [measure]);
  return (
    <li
      ref={box}
      data-row={row.segment_id}
      aria-setsize={count}
      aria-posinset={place + 1}
      className="mb-0.5"
    >
      <button
        type="button"
        onClick={() => select(row.segment_id)}
        onFocus={() => onFocus(place)}
        className="flex w-full gap-3 rounded-lg px-2.5 py-2 text-left -outline-offset-2 hover:bg-raised"
      >
        <span className="w-4 text-right text-xs leading-5 text-faint tabular-nums">
          {place + 1}
        </span>
        <span className="min-w-0 flex-1">
          <span className="line-clamp-1">{prompt || "Own footage"}</span>
          <span className="block text-xs text-faint first-letter:uppercase">{reason(row)}</span>
          {changesToShow(row).map((change) => (
            <Changed key={change.field} {...change} />
          ))}
          <PlanExtras row={row} />
        </span>
        <span className="flex flex-col items-end gap-1">
          <Badge tone={action.tone}>{row.is_under_way ? "Under way" : action.label}</Badge>
          {row.action === "generate" && (
            <span className={mayCost(row.price) ? "text-2xs text-warn" : "text-2xs text-faint"}>
              {priceText(row.price)} · {shortWait(row.seconds)}
            </span>
          )}
        </span>
      </button>
    </li>
  );
});

function Changed({ field, old: before, new: after }: Change) {
  const { head, was, now, tail } = difference(shown(before), shown(after));
  return (
    <span className="mt-1.5 grid grid-cols-[auto_1fr] gap-x-2.5 border-l-2 border-line pl-2.5 text-2xs text-faint">
      <span className="col-span-2">{fieldName(field)}</span>
      <span>was</span>
      <del className="line-clamp-3 no-underline">
        {head}
        <span className={MARKED}>{was}</span>
        {tail}
      </del>
      <span>now</span>
      <ins className="line-clamp-3 no-underline">
        {head}
        <span className={MARKED}>{now}</span>
        {tail}
      </ins>
    </span>
  );
}

/** What differs stands out of what both versions say. */
const MARKED = "text-ink";

function shown(value: unknown): string {
  if (value === null || value === undefined) return "not set";
  return typeof value === "string" ? value : JSON.stringify(value);
}
