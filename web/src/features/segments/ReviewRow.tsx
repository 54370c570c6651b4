// One segment to read and approve: what it says, how it stands, and, while it is open, what there is to
// decide about it.
import { ChevronDown } from "lucide-react";
import { memo, type ReactNode, useEffect, useRef } from "react";
import type { Segment } from "@/api/types";
import { clipState, segmentSeconds } from "@/engine/clipState";
import { shortSeconds } from "@/engine/timecode";
import { cn } from "@/lib/cn";
import type { Rows } from "@/lib/hooks/useRows";
import { useSegmentName } from "@/lib/queries";
import { STATE_LOOK } from "@/lib/stateLook";
import { select } from "@/lib/store/session";
import { TONE_TEXT } from "./tones";

interface ReviewRowProps {
  segment: Segment;
  count: number;
  isOpen: boolean;
  renderDetail: (segment: Segment) => ReactNode;
  measure: Rows["measure"];
}

export const ReviewRow = memo(function ReviewRow(props: ReviewRowProps) {
  const { segment, count, isOpen, renderDetail, measure } = props;
  const name = useSegmentName(segment);
  const { label, tone, icon } = STATE_LOOK[clipState(segment)];
  const row = useRef<HTMLLIElement>(null);
  const head = useRef<HTMLButtonElement>(null);
  useEffect(() => (row.current === null ? undefined : measure(row.current)), [measure]);
  // Another row above closes when this one opens, and would take it out of sight.
  useEffect(() => {
    if (isOpen) head.current?.scrollIntoView({ block: "nearest" });
  }, [isOpen]);
  return (
    <li
      ref={row}
      data-row={segment.id}
      aria-setsize={count}
      aria-posinset={segment.order_index + 1}
      className="mb-0.5 border-b border-line"
    >
      <button
        ref={head}
        type="button"
        aria-expanded={isOpen}
        onClick={() => select(isOpen ? null : segment.id)}
        className="flex min-h-14 w-full items-center gap-3 px-4 py-2.5 text-left -outline-offset-2"
      >
        <span className="w-5 shrink-0 text-right text-xs text-faint tabular-nums">
          {segment.order_index + 1}
        </span>
        <span className="min-w-0 flex-1">
          <span dir="auto" className={cn("block break-words", !isOpen && "line-clamp-2")}>
            {name}
          </span>
          <span className="mt-0.5 flex items-center gap-1.5 text-xs text-faint tabular-nums">
            <span className={cn("[&>svg]:size-3.5", TONE_TEXT[tone])}>{icon}</span>
            <span className={cn(tone !== "good" && TONE_TEXT[tone])}>{label}</span>
            <span aria-hidden>·</span>
            {shortSeconds(segmentSeconds(segment))}
            {segment.take_count > 1 && <> · {segment.take_count} takes</>}
          </span>
        </span>
        <ChevronDown
          aria-hidden
          className={cn("size-4 shrink-0 text-faint transition-transform", isOpen && "rotate-180")}
        />
      </button>
      {isOpen && <div className="flex flex-col gap-3 px-4 pb-4">{renderDetail(segment)}</div>}
    </li>
  );
});
