// The cut as it is now, or with a take that is looked at in place of its own: the canvas that the deck
// draws on, and what is said over it.
import { type RefObject, useMemo, useRef } from "react";
import type { Project, Segment, Take } from "@/api/types";
import { hasPicture } from "@/engine/clipState";
import { cellAt } from "@/engine/filmLayout";
import { withTake } from "@/engine/takes";
import { cn } from "@/lib/cn";
import { useDrawnProgress } from "@/lib/hooks/useDrawnProgress";
import { useFilmLayout } from "@/lib/hooks/useFilmLayout";
import { useCandidate, useShownCandidate } from "@/lib/store/candidate";
import { useProject } from "@/lib/store/document";
import { usePlayer } from "@/lib/store/player";
import { Badge } from "@/ui/Badge";
import { ProgressRing, turnRing } from "@/ui/Progress";
import { EmptyPicture } from "./EmptyPicture";
import { Stage } from "./Stage";
import { useDeck, useFollower } from "./useDeck";

export default function CutView() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const candidate = useCandidate(({ take }) => take);
  const isBeside = useCandidate((state) => state.isBeside) && candidate !== null;
  const shown = useShownCandidate();
  const { project, shape } = useCut(shown);
  useDeck(canvas, stage, project);
  const segment = useSegmentAtPlayhead();
  const isHere = segment !== undefined && candidate?.segment_id === segment.id;
  return (
    <div className="flex min-h-0 flex-1 gap-2">
      <Stage shape={shape} stage={stage}>
        <Canvas canvas={canvas} label={nameOf(segment, isHere ? shown : null)} />
        {segment && (!isHere || shown === null) && <Over segment={segment} />}
        {isHere && <Which take={shown} isAlone={!isBeside} />}
      </Stage>
      {isBeside && <Beside candidate={candidate} />}
    </div>
  );
}

/** The project with a take in place of its segment's own. */
function useCut(take: Take | null): { project: Project; shape: number } {
  const project = useProject();
  const shown = useMemo(
    () =>
      take === null
        ? project
        : { ...project, segments: withTake(project.segments, take.segment_id, take) },
    [project, take],
  );
  return { project: shown, shape: project.settings.width / project.settings.height };
}

/** The candidate at the same moment, by the cut's clock. */
function Beside({ candidate }: { candidate: Take }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { project, shape } = useCut(candidate);
  useFollower(canvas, project);
  const segment = useSegmentAtPlayhead();
  return (
    <Stage shape={shape}>
      <Canvas canvas={canvas} label={nameOf(segment, candidate)} />
      <Which take={candidate} isAlone={false} />
    </Stage>
  );
}

interface CanvasProps {
  canvas: RefObject<HTMLCanvasElement | null>;
  label: string;
}

function Canvas({ canvas, label }: CanvasProps) {
  return (
    // The transport below is the keyboard's way; a click on the picture is only a shortcut to it.
    <canvas
      ref={canvas}
      role="img"
      aria-label={label}
      onClick={() => usePlayer.getState().player?.toggle()}
      className="absolute inset-0 size-full"
    />
  );
}

function nameOf(segment: Segment | undefined, take: Take | null): string {
  if (segment === undefined) return "The cut";
  const name = `Segment ${segment.order_index + 1}`;
  return take === null ? `${name} of the cut` : `${name} with take ${take.number}`;
}

/** Which of the two is seen, while there are two. */
function Which({ take, isAlone }: { take: Take | null; isAlone: boolean }) {
  return (
    <div
      className={cn(
        "pointer-events-none absolute inset-0 rounded-xl ring-inset",
        take !== null && "ring-2 ring-accent",
      )}
    >
      <Badge tone={take === null ? "neutral" : "accent"} className="absolute top-3 right-3">
        {take === null ? "In the cut" : `Take ${take.number}${isAlone ? ", not in the cut" : ""}`}
      </Badge>
    </div>
  );
}

/** The segment that shows most of itself at the playhead. */
function useSegmentAtPlayhead(): Segment | undefined {
  const { segments } = useProject();
  const film = useFilmLayout();
  const index = usePlayer(({ time }) => cellAt(film, time));
  return segments[index];
}

function Over({ segment }: { segment: Segment }) {
  if (!hasPicture(segment)) return <EmptyPicture segment={segment} />;
  const isOld = segment.asset_url === null || segment.is_changed;
  return (
    <div className="pointer-events-none absolute inset-0">
      {isOld && <div className="absolute inset-0 bg-black/35 ring-2 ring-warn/70 ring-inset" />}
      <div className="absolute top-3 left-3 flex gap-2">
        {isOld && <Badge tone="warn">Out of date</Badge>}
        {segment.status === "generating" && (
          <Badge tone="accent">
            <Ring segmentId={segment.id} share={segment.progress} />
            Generating
          </Badge>
        )}
      </div>
    </div>
  );
}

function Ring({ segmentId, share }: { segmentId: string; share: number | null }) {
  const ring = useDrawnProgress(segmentId, share, turnRing);
  return <ProgressRing ref={ring} share={null} label="Generating" className="size-3" />;
}
