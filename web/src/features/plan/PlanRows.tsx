// The plan's rows. Only those in sight are drawn, and the one that has the focus.
import { useMemo, useRef, useState } from "react";
import type { PlanSegment } from "@/api/types";
import { rowsDrawn } from "@/engine/rows";
import { useRows } from "@/lib/hooks/useRows";
import { useProject } from "@/lib/store/document";
import { PlanRow } from "./PlanRow";

export function PlanRows({ rows }: { rows: readonly PlanSegment[] }) {
  const { segments } = useProject();
  const prompts = useMemo(
    () => new Map(segments.map(({ id, prompt }) => [id, prompt])),
    [segments],
  );
  const listed = useMemo(() => rows.map((row) => ({ id: row.segment_id })), [rows]);
  const list = useRef<HTMLOListElement>(null);
  const [focused, setFocused] = useState(-1);
  const { near, tops, measure } = useRows(list, listed);
  const drawn = rowsDrawn(near, [focused]);
  const edges = tops();
  /** Px of the rows from `first` to before `end`, none of which is drawn. */
  const gap = (first: number, end: number) => {
    const px = (edges[end] ?? 0) - (edges[first] ?? 0);
    return px > 0 && <li key={`before-${end}`} aria-hidden style={{ height: px }} />;
  };
  return (
    <ol
      ref={list}
      aria-label="Segments"
      onBlur={() => setFocused(-1)}
      className="relative min-h-16 flex-1 overflow-y-auto p-1.5"
    >
      {drawn.flatMap((index, nth) => {
        const row = rows[index];
        if (row === undefined) return [];
        return [
          gap((drawn[nth - 1] ?? -1) + 1, index),
          <PlanRow
            key={row.segment_id}
            row={row}
            place={index}
            count={rows.length}
            prompt={prompts.get(row.segment_id) ?? ""}
            onFocus={setFocused}
            measure={measure}
          />,
        ];
      })}
      {gap((drawn.at(-1) ?? -1) + 1, rows.length)}
    </ol>
  );
}
