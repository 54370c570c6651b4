// The strip: ruler, main track and lanes on one scale of time, with everything that floats over them.
import { type PointerEvent, useMemo, useRef } from "react";
import type { Segment } from "@/api/types";
import { edgesOf } from "@/engine/clipLayout";
import { framesPerSecond } from "@/engine/frameRate";
import { useFilmLayout } from "@/lib/hooks/useFilmLayout";
import { usePlacedItems } from "@/lib/hooks/usePlacedItems";
import type { Item } from "@/lib/itemRequests";
import { usePlan } from "@/lib/queries";
import { useProject } from "@/lib/store/document";
import { useSession } from "@/lib/store/session";
import type { MenuItem } from "@/ui/Menu";
import { useFocusKept } from "@/ui/useFocusKept";
import { DragGhost } from "./DragGhost";
import { heirOnStrip } from "./focusHeir";
import { HEADER_PX, type StripView, stripX } from "./geometry";
import { HudLayer } from "./HudLayer";
import { showHud } from "./hud";
import { Lanes } from "./Lanes";
import { trackRows } from "./laneRows";
import { Playhead } from "./Playhead";
import { Ruler } from "./Ruler";
import { TimelineTools } from "./TimelineTools";
import { useClipDrag } from "./useClipDrag";
import { useLibraryDrop } from "./useLibraryDrop";
import { useMarquee } from "./useMarquee";
import { useStripKeys } from "./useStripKeys";
import { useStripView } from "./useStripView";
import { useTrim } from "./useTrim";
import { VideoTrack } from "./VideoTrack";

interface StripProps {
  menuFor: (segment: Segment, count: number) => MenuItem[];
  menuOfItem: (item: Item) => MenuItem[];
}

export function Strip({ menuFor, menuOfItem }: StripProps) {
  const { id, segments, settings } = useProject();
  const scroller = useRef<HTMLDivElement>(null);
  const origin = useRef<HTMLDivElement>(null);
  const ghost = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const film = useFilmLayout();
  const placed = usePlacedItems();
  const plan = usePlannedRows(id);
  const { pxPerSecond, scale, isFitted, from, to } = useStripView(scroller, film.total);
  const fps = framesPerSecond(settings.fps);
  const start = useMemo(() => edgesOf(film.cells), [film]);
  const layout = useMemo(() => ({ start, pxPerSecond }), [start, pxPerSecond]);
  const view: StripView = useMemo(
    () => ({ scroller, origin, segments, film, layout, fps }),
    [segments, film, layout, fps],
  );
  const { drag, startDrag } = useClipDrag(view, ghost);
  const startTrim = useTrim(view, placed);
  const startMarquee = useMarquee(view, frame);
  useLibraryDrop(view, placed);
  const onKeyDown = useStripKeys(view);
  const kept = useFocusKept(heirOnStrip);
  const isSplitting = useSession((state) => state.mainTool === "split");
  return (
    <section aria-label="Timeline" className="flex h-full min-h-0 flex-col">
      <TimelineTools {...{ total: film.total, isFitted, scale, pxPerSecond }} />
      <div
        ref={scroller}
        className="relative isolate min-h-0 flex-1 overflow-auto select-none [container-type:size]"
        data-strip
        {...kept}
      >
        <div
          className="relative grid min-h-full w-max min-w-full content-start"
          style={{
            gridTemplateColumns: `${HEADER_PX}px max-content`,
            gridTemplateRows: trackRows(placed),
            cursor: isSplitting ? "crosshair" : undefined,
          }}
          onPointerDown={startMarquee}
          onPointerMove={(event) => skim(event, view)}
          onPointerLeave={() => showHud({ skim: null })}
        >
          <div data-head className="sticky top-0 left-0 z-50 border-r border-line bg-panel" />
          <div className="sticky top-0 z-20 bg-panel">
            <Ruler {...{ layout, from, to, scroller }} />
          </div>
          <VideoTrack
            {...{ view, from, to, plan, drag, startDrag, startTrim, onKeyDown, menuFor }}
          />
          <Lanes {...{ view, placed, from, to }} menuOf={menuOfItem} />
          <div
            className="pointer-events-none absolute inset-y-0 z-30 w-0"
            style={{ left: HEADER_PX }}
          >
            <div ref={origin} />
            <Playhead layout={layout} scroller={scroller} />
            <HudLayer view={view} />
            <div
              ref={frame}
              hidden
              data-marquee
              className="absolute top-0 left-0 rounded-sm border border-accent bg-accent/15"
            />
          </div>
        </div>
      </div>
      <DragGhost {...{ ghost, drag, segments }} />
    </section>
  );
}

function skim(event: PointerEvent, view: StripView): void {
  const x = stripX(view, event.clientX);
  const isOver = event.buttons === 0 && !(event.target as Element).closest("[data-head]");
  if (event.pointerType === "mouse") showHud({ skim: isOver && x >= 0 ? x : null });
}

/** What the plan says of each segment, by its id. */
function usePlannedRows(projectId: string) {
  const rows = usePlan(projectId).data?.segments;
  return useMemo(() => new Map((rows ?? []).map((row) => [row.segment_id, row])), [rows]);
}
