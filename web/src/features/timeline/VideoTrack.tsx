// The main track: the clips of the film in order, without gaps, and what leads over their cuts.
import { Film } from "lucide-react";
import { type KeyboardEvent, type MouseEvent, type PointerEvent, useState } from "react";
import type { PlanSegment, Segment } from "@/api/types";
import {
  clipAt,
  clipsBetween,
  countOf,
  gapAt,
  leftOf,
  totalWidth,
  widthOf,
} from "@/engine/clipLayout";
import { PAINTED_BELOW_PX } from "@/engine/window";
import { useSession } from "@/lib/store/session";
import { type MenuItem, RightClickMenu } from "@/ui/Menu";
import { Clip } from "./Clip";
import { Cuts } from "./Cuts";
import { chooseByClick } from "./chooseByClick";
import { END_PX, type StripView, stripX, TRACK_GAP_PX } from "./geometry";
import { PaintedClips } from "./PaintedClips";
import { TrackHead } from "./TrackHead";
import type { ClipDrag } from "./useClipDrag";
import { useTrackHeight } from "./useTrackHeight";
import type { Edge, StartTrim } from "./useTrim";

interface VideoTrackProps {
  view: StripView;
  from: number;
  to: number;
  plan: ReadonlyMap<string, PlanSegment>;
  drag: ClipDrag | null;
  startDrag: (event: PointerEvent<HTMLElement>, id: string) => void;
  startTrim: StartTrim;
  onKeyDown: (event: KeyboardEvent) => void;
  menuFor: (segment: Segment, count: number) => MenuItem[];
}

export function VideoTrack(props: VideoTrackProps) {
  const { view, drag } = props;
  const [track, height] = useTrackHeight();
  const [menuId, setMenuId] = useState<string | null>(null);
  const { segments, layout } = view;
  const menuOf = segments.find(({ id }) => id === menuId);

  /** The segment of an event, whether its clip is laid out or painted. */
  const under = ({ target, clientX }: MouseEvent): Segment | undefined => {
    const clip = (target as Element).closest<HTMLElement>("[data-segment]");
    return segments[clip ? Number(clip.dataset.at) : clipAt(layout, stripX(view, clientX))];
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>) => {
    const segment = under(event);
    if (segment === undefined) return;
    const edge = (event.target as Element).closest<HTMLElement>("[data-edge]")?.dataset.edge;
    if (edge) props.startTrim(event, segment, edge as Edge);
    else props.startDrag(event, segment.id);
  };
  const onContextMenu = (event: MouseEvent) => {
    const segment = under(event);
    if (segment === undefined) return;
    if (!useSession.getState().selectedIds.includes(segment.id)) chooseByClick(segment.id, event);
    setMenuId(segment.id);
  };
  return (
    <>
      <TrackHead icon={<Film aria-hidden />} name="Video" isLarge />
      <div
        ref={track}
        data-track="video"
        className="relative"
        style={{ width: totalWidth(layout) + END_PX, marginBlock: TRACK_GAP_PX }}
      >
        <RightClickMenu items={menuOf ? props.menuFor(menuOf, segments.length) : []}>
          <div
            role="listbox"
            aria-label="Clips"
            aria-orientation="horizontal"
            aria-multiselectable
            onKeyDown={props.onKeyDown}
            onPointerDown={onPointerDown}
            onClick={(event) => {
              const segment = under(event);
              if (segment) chooseByClick(segment.id, event, stripX(view, event.clientX), layout);
            }}
            onDoubleClick={() => useSession.setState({ inspectorTab: "about" })}
            onContextMenu={onContextMenu}
            className="absolute inset-y-0 left-0"
            style={{ width: totalWidth(layout) }}
          >
            <Clips {...props} height={height} />
          </div>
        </RightClickMenu>
        {drag === null && <CutsInSight {...props} />}
        {drag !== null && (
          <span
            data-insertion
            className="pointer-events-none absolute -inset-y-1.5 z-30 -ml-px w-[3px] rounded-full bg-accent"
            style={{ left: gapAt(layout, drag.indexes, drag.place) }}
          />
        )}
      </div>
    </>
  );
}

const isPainted = ({ layout }: StripView): boolean =>
  totalWidth(layout) / Math.max(1, countOf(layout)) < PAINTED_BELOW_PX;

/** The clips in sight, and the one that has the tab stop wherever it is. */
function Clips({ view, from, to, plan, drag, height }: VideoTrackProps & { height: number }) {
  const { segments, layout } = view;
  const primary = useSession((state) => state.selectedId);
  const selectedIds = useSession((state) => state.selectedIds);
  const chosen = new Set(selectedIds);
  const stop = segments.findIndex(({ id }) => id === primary);
  const tabStop = Math.max(0, stop);
  const [first, last] = isPainted(view) ? [0, -1] : clipsBetween(layout, from, to);
  const shown = Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
  if (tabStop < first) shown.unshift(tabStop);
  else if (tabStop > last) shown.push(tabStop);
  return (
    <>
      {isPainted(view) && <PaintedClips {...{ segments, layout, selectedIds, from, to, height }} />}
      {shown.map((index) => {
        const segment = segments[index];
        if (segment === undefined) return null;
        const left = leftOf(layout, index);
        const width = widthOf(layout, index);
        return (
          <Clip
            key={segment.id}
            segment={segment}
            count={segments.length}
            left={left}
            width={width}
            from={Math.max(0, Math.min(width, from - left))}
            to={Math.max(0, Math.min(width, to - left))}
            pxPerSecond={layout.pxPerSecond}
            trackHeight={height}
            planned={plan.get(segment.id)}
            isSelected={chosen.has(segment.id)}
            isPrimary={segment.id === primary}
            isTabStop={index === tabStop}
            isDragged={drag?.indexes.has(index) === true}
          />
        );
      })}
    </>
  );
}

function CutsInSight({ view, from, to }: VideoTrackProps) {
  const selectedId = useSession((state) => state.selectedId);
  if (isPainted(view)) return null;
  const [first, last] = clipsBetween(view.layout, from, to);
  return <Cuts {...view} first={first} last={last} selectedId={selectedId} />;
}
