// Which rows of a long list are drawn, and where all of them would stand: heights are measured once a
// row was drawn, and guessed before.
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { rowsNear, topsOf } from "@/engine/rows";

/** Px of a row that was never drawn. */
const USUAL_PX = 56;
/** Px of the gap after each. */
const GAP_PX = 2;
/** Px of the list before it is known how high it is. */
const FIRST_PX = 700;

export interface Rows {
  /** First and last row near enough to what is in sight. */
  near: readonly [number, number];
  /** Top of every row in px, and the end of the last. */
  tops: () => Float64Array;
  /** Notes the height of a row as long as it is drawn. Returns how to stop. */
  measure: (row: Element) => () => void;
}

/** `rows`: all of them in order, each drawn with its id as `data-row`. */
export function useRows(
  list: RefObject<HTMLElement | null>,
  rows: readonly { id: string }[],
): Rows {
  const latest = useRef(rows);
  latest.current = rows;
  const heights = useRef(new Map<string, number>());
  const seen = useRef({ top: 0, height: FIRST_PX, width: 0 });
  const tops = useCallback(() => {
    const all = latest.current;
    const heightOf = (index: number) => heights.current.get(all[index]?.id ?? "") ?? USUAL_PX;
    return topsOf(all.length, (index) => heightOf(index) + GAP_PX);
  }, []);
  const [near, setNear] = useState(() => rowsNear(tops(), 0, FIRST_PX));
  const look = useCallback(() => {
    const next = rowsNear(tops(), seen.current.top, seen.current.height);
    setNear((old) => (old[0] === next[0] && old[1] === next[1] ? old : next));
  }, [tops]);
  const measure = useMeasuring(heights, look);
  useWatched(list, seen, look, () => heights.current.clear());
  // biome-ignore lint/correctness/useExhaustiveDependencies: with more or fewer rows others are in sight
  useLayoutEffect(look, [look, rows.length]);
  return { near, tops, measure };
}

interface Seen {
  top: number;
  height: number;
  width: number;
}

/** What is in sight of the list, without asking the browser to lay anything out. */
function useWatched(
  list: RefObject<HTMLElement | null>,
  seen: RefObject<Seen>,
  look: () => void,
  onOtherWidth: () => void,
): void {
  const forget = useRef(onOtherWidth);
  forget.current = onOtherWidth;
  useEffect(() => {
    const box = list.current;
    if (box === null) return;
    const onScroll = () => {
      seen.current.top = box.scrollTop;
      look();
    };
    const observer = new ResizeObserver(([entry]) => {
      const { width = 0, height = FIRST_PX } = entry?.contentRect ?? {};
      if (width !== seen.current.width) forget.current();
      Object.assign(seen.current, { width, height });
      look();
    });
    observer.observe(box);
    box.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", onScroll);
    };
  }, [list, seen, look]);
}

/** One observer for all rows. */
function useMeasuring(heights: RefObject<Map<string, number>>, look: () => void): Rows["measure"] {
  const observer = useRef<ResizeObserver | null>(null);
  useEffect(
    () => () => {
      observer.current?.disconnect();
      observer.current = null;
    },
    [],
  );
  return useCallback(
    (row) => {
      observer.current ??= new ResizeObserver((entries) => {
        for (const { target, borderBoxSize } of entries) {
          const id = (target as HTMLElement).dataset.row;
          const px = borderBoxSize[0]?.blockSize ?? 0;
          if (id !== undefined && px > 0) heights.current.set(id, px);
        }
        look();
      });
      observer.current.observe(row);
      return () => observer.current?.unobserve(row);
    },
    [heights, look],
  );
}
