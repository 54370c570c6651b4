// The segments to read and approve: one is open, with what there is to decide about it.
import { ChevronDown } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import type { Segment } from "@/api/types";
import { clipState, segmentSeconds } from "@/engine/clipState";
import { shortSeconds } from "@/engine/timecode";
import { cn } from "@/lib/cn";
import { useSegmentName } from "@/lib/queries";
import { STATE_LOOK } from "@/lib/stateLook";
import { useProject } from "@/lib/store/document";
import { select, useSession } from "@/lib/store/session";
import { TONE_TEXT } from "./tones";

interface ReviewListProps {
  renderDetail: (segment: Segment) => ReactNode;
}

export function ReviewList({ renderDetail }: ReviewListProps) {
  const { segments } = useProject();
  const openId = useSession((state) => state.selectedId);
  return (
    <section aria-label="Segments" className="min-h-0 flex-1 overflow-y-auto">
      <h2 className="sr-only">Segments</h2>
      <ol className="divide-y divide-line">
        {segments.map((segment) => (
          <Row
            key={segment.id}
            segment={segment}
            isOpen={segment.id === openId}
            renderDetail={renderDetail}
          />
        ))}
      </ol>
    </section>
  );
}

/** The browser lays out and paints only the rows in sight; the others are taken to be this high. */
const OUT_OF_SIGHT = "[contain-intrinsic-size:auto_3.75rem] [content-visibility:auto]";

interface RowProps extends ReviewListProps {
  segment: Segment;
  isOpen: boolean;
}

function Row({ segment, isOpen, renderDetail }: RowProps) {
  const name = useSegmentName(segment);
  const { label, tone, icon } = STATE_LOOK[clipState(segment)];
  const head = useRef<HTMLButtonElement>(null);
  // Another row above closes when this one opens, and would take it out of sight.
  useEffect(() => {
    if (isOpen) head.current?.scrollIntoView({ block: "nearest" });
  }, [isOpen]);
  return (
    <li className={cn(!isOpen && OUT_OF_SIGHT)}>
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
}
