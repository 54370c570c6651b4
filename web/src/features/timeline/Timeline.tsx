// The film as a strip of clips: choose, reorder by drag or keys, seek, zoom.
import { type KeyboardEvent, useMemo, useRef, useState } from "react";
import type { Segment } from "@/api/types";
import { insertionIndex, layoutClips, visibleRange } from "@/engine/clipLayout";
import { neighbour } from "@/engine/order";
import { moveSegmentBy, moveSegmentTo } from "@/lib/actions/moveSegment";
import { useDragReorder } from "@/lib/hooks/useDragReorder";
import { useFilmLayout } from "@/lib/hooks/useFilmLayout";
import { useProject } from "@/lib/store/document";
import { select, useSession } from "@/lib/store/session";
import type { MenuItem } from "@/ui/Menu";
import { Clip } from "./Clip";
import { Cuts } from "./Cuts";
import { Lanes } from "./Lanes";
import { Playhead } from "./Playhead";
import { Ruler } from "./Ruler";
import { TimelineTools } from "./TimelineTools";
import { useZoom } from "./useZoom";

const MIN_CLIP_PX = 28;

interface TimelineProps {
  menuFor: (segment: Segment, count: number) => MenuItem[];
}

export function Timeline({ menuFor }: TimelineProps) {
  const { segments } = useProject();
  return segments.length === 0 ? (
    <EmptyTimeline />
  ) : (
    <Strip segments={segments} menuFor={menuFor} />
  );
}

function Strip({ segments, menuFor }: TimelineProps & { segments: readonly Segment[] }) {
  const selectedId = useSession((state) => state.selectedId);
  const scroller = useRef<HTMLDivElement>(null);
  const [scrollLeft, setScrollLeft] = useState(0);
  const film = useFilmLayout();
  const { total } = film;
  const { pxPerSecond, width, isFitted } = useZoom(scroller, total);
  const layout = useMemo(
    () => layoutClips(film.cells, pxPerSecond, MIN_CLIP_PX),
    [film, pxPerSecond],
  );
  const [first, last] = visibleRange(layout, scrollLeft, width);
  const { drag, start } = useDragReorder(scroller, {
    axis: "x",
    placeAt: (id, centre) => insertionIndex(layout, indexOf(segments, id), centre - PAD_PX),
    onDrop: (id, target) => void moveSegmentTo(id, target),
  });
  const dragged = drag ? indexOf(segments, drag.id) : -1;

  function onKeyDown(event: KeyboardEvent) {
    const delta = event.code === "ArrowLeft" ? -1 : event.code === "ArrowRight" ? 1 : 0;
    const ids = segments.map((segment) => segment.id);
    if (event.altKey && delta !== 0 && selectedId) {
      event.preventDefault();
      event.stopPropagation();
      return void moveSegmentBy(selectedId, delta);
    }
    const target =
      delta !== 0
        ? neighbour(ids, selectedId, delta)
        : event.code === "Home"
          ? ids[0]
          : event.code === "End"
            ? ids.at(-1)
            : null;
    if (!target || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    select(target);
    requestAnimationFrame(() => focusClip(scroller.current, target));
  }

  const dropX =
    drag && drag.target !== dragged
      ? (layout.left[drag.target > dragged ? drag.target + 1 : drag.target] ?? 0)
      : null;
  return (
    <section aria-label="Timeline" className="flex h-full min-h-0 flex-col">
      <TimelineTools count={segments.length} total={total} isFitted={isFitted} />
      <div
        ref={scroller}
        onScroll={(event) => setScrollLeft(event.currentTarget.scrollLeft)}
        className="relative min-h-0 flex-1 overflow-auto pb-2"
        style={{ paddingInline: PAD_PX }}
      >
        <div
          className="relative flex min-h-full min-w-full flex-col"
          style={{ width: layout.left.at(-1) }}
        >
          <Ruler layout={layout} pxPerSecond={pxPerSecond} />
          <div className="relative max-h-32 min-h-16 flex-1">
            <div
              role="listbox"
              aria-label="Clips"
              aria-orientation="horizontal"
              onKeyDown={onKeyDown}
              className="absolute inset-0"
            >
              {segments.slice(first, last + 1).map((segment, offset) => (
                <Clip
                  key={segment.id}
                  segment={segment}
                  left={layout.left[first + offset] ?? 0}
                  width={
                    (layout.left[first + offset + 1] ?? 0) - (layout.left[first + offset] ?? 0)
                  }
                  isSelected={segment.id === selectedId}
                  isTabStop={segment.id === (selectedId ?? segments[0]?.id)}
                  isDragged={drag?.id === segment.id}
                  menu={menuFor(segment, segments.length)}
                  onDragStart={start}
                />
              ))}
            </div>
            {drag === null && (
              <Cuts
                segments={segments}
                film={film}
                layout={layout}
                first={first}
                last={last}
                selectedId={selectedId}
              />
            )}
            {dropX !== null && (
              <span
                className="absolute -inset-y-1 z-30 -ml-px w-0.5 rounded bg-accent"
                style={{ left: dropX }}
              />
            )}
          </div>
          <Lanes layout={layout} scrollLeft={scrollLeft} width={width} />
          <Playhead layout={layout} scroller={scroller} />
        </div>
      </div>
    </section>
  );
}

function EmptyTimeline() {
  return (
    <section aria-label="Timeline" className="flex h-full items-center justify-center">
      <p className="text-xs text-faint">Your clips line up here.</p>
    </section>
  );
}

const PAD_PX = 12;

const indexOf = (segments: readonly Segment[], id: string) =>
  segments.findIndex((segment) => segment.id === id);

function focusClip(box: HTMLElement | null, id: string): void {
  const clip = box?.querySelector<HTMLElement>(`[data-segment="${id}"]`);
  clip?.focus();
  clip?.scrollIntoView({ block: "nearest", inline: "nearest" });
}
