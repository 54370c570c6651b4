// The segments to read and approve: one is open, with what there is to decide about it. Only the rows in
// sight are drawn, and the open one.
import { type ReactNode, useMemo, useRef } from "react";
import type { Segment } from "@/api/types";
import { rowsDrawn } from "@/engine/rows";
import { useRows } from "@/lib/hooks/useRows";
import { useProject } from "@/lib/store/document";
import { useSession } from "@/lib/store/session";
import { ReviewRow } from "./ReviewRow";

interface ReviewListProps {
  /** Always the same function, so that rows may stay. */
  renderDetail: (segment: Segment) => ReactNode;
}

export function ReviewList({ renderDetail }: ReviewListProps) {
  const { segments } = useProject();
  const openId = useSession((state) => state.selectedId);
  const list = useRef<HTMLElement>(null);
  const { near, tops, measure } = useRows(list, segments);
  const open = useMemo(() => segments.findIndex(({ id }) => id === openId), [segments, openId]);
  const drawn = rowsDrawn(near, [open]);
  const edges = tops();
  /** Px of the rows from `first` to before `end`, none of which is drawn. */
  const gap = (first: number, end: number) => {
    const px = (edges[end] ?? 0) - (edges[first] ?? 0);
    return px > 0 && <li key={`before-${end}`} aria-hidden style={{ height: px }} />;
  };
  return (
    <section ref={list} aria-label="Segments" className="min-h-0 flex-1 overflow-y-auto">
      <h2 className="sr-only">Segments</h2>
      <ol>
        {drawn.flatMap((index, nth) => {
          const segment = segments[index];
          if (segment === undefined) return [];
          return [
            gap((drawn[nth - 1] ?? -1) + 1, index),
            <ReviewRow
              key={segment.id}
              segment={segment}
              count={segments.length}
              isOpen={index === open}
              renderDetail={renderDetail}
              measure={measure}
            />,
          ];
        })}
        {gap((drawn.at(-1) ?? -1) + 1, segments.length)}
      </ol>
    </section>
  );
}
