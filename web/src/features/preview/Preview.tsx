// The viewer: the selected segment's clip or the finished film, with its transport.
import { Download } from "lucide-react";
import { lazy, type ReactNode, Suspense, useRef, useState } from "react";
import { downloadAddress } from "@/api/renders";
import type { RenderJob } from "@/api/types";
import { framesPerSecond } from "@/engine/frameRate";
import { neighbour } from "@/engine/order";
import { useFilmLayout } from "@/lib/hooks/useFilmLayout";
import { usePlan, useRenders } from "@/lib/queries";
import { useProject } from "@/lib/store/document";
import { useSegmentProgress } from "@/lib/store/jobs";
import { usePlayer } from "@/lib/store/player";
import { type PreviewTab, useSession, watch } from "@/lib/store/session";
import { Badge } from "@/ui/Badge";
import { LinkButton } from "@/ui/Button";
import { ProgressRing } from "@/ui/Progress";
import { Tabs } from "@/ui/Tabs";
import { type Clip, isTreated, segmentAt, useClip } from "./clip";
import { EmptyPicture } from "./EmptyPicture";
import { Picture, Stage, Still } from "./Stage";
import { Transport } from "./Transport";
import { type Source, usePlayback } from "./usePlayback";

const Overlays = lazy(() => import("./Overlays"));

const TABS = [
  { value: "clip", label: "Clip" },
  { value: "film", label: "Film" },
] as const;

/** `empty` is shown while the project has no segments; `films` stands beside the tabs. */
export function Preview({ empty, films }: { empty: ReactNode; films: ReactNode }) {
  const { segments, settings } = useProject();
  const tab = useSession((state) => state.previewTab);
  const film = useFilm();
  const clip = useClip();
  const layout = useFilmLayout();
  const isMuted = usePlayer((state) => state.isMuted);
  const [playsOn, setPlaysOn] = useState(false);
  const video = useRef<HTMLVideoElement>(null);
  const resume = useRef<{ play: boolean; time: number | null }>({ play: false, time: null });
  const isFilm = tab === "film";
  const fps = framesPerSecond(settings.fps);
  const filmSource: Source | null = film?.video_url
    ? { url: film.video_url, offset: 0, start: 0, end: null, fps, speed: 1 }
    : null;
  const source = isFilm ? filmSource : (clip?.source ?? null);

  const goTo = (id: string | null | undefined, time: number | null, play: boolean) => {
    if (!id) return;
    resume.current = { play, time };
    watch(id);
  };
  usePlayback(video, source, {
    restingTime: isFilm ? 0 : (clip?.offset ?? 0),
    resume,
    onSeekOutside: (time) =>
      goTo(segmentAt(segments, layout, time)?.id, time, usePlayer.getState().isPlaying),
    onEnd: () => {
      if (isFilm || !playsOn || clip === null) return;
      const next = segments[clip.segment.order_index + 1];
      if (next) goTo(next.id, null, true);
    },
  });

  if (segments.length === 0) return <>{empty}</>;
  const ids = segments.map((segment) => segment.id);
  const total = isFilm && film?.duration_seconds ? film.duration_seconds : layout.total;
  return (
    <section aria-label="Preview" className="@container flex h-full min-h-0 flex-col px-4">
      <div className="flex h-11 shrink-0 items-center gap-2">
        <Tabs
          label="What to watch"
          value={tab}
          tabs={TABS}
          onChange={(previewTab: PreviewTab) => useSession.setState({ previewTab })}
        />
        {isFilm && film && <FilmFacts film={film} />}
        {!isFilm && clip?.source && <ClipFacts clip={clip} />}
        <span className="flex-1" />
        {films}
        {isFilm && film?.video_url && (
          <LinkButton size="sm" href={downloadAddress(film.video_url)} download>
            <Download /> Download
          </LinkButton>
        )}
      </div>
      <div id={`panel-${tab}`} role="tabpanel" className="flex min-h-0 flex-1 flex-col">
        <Stage shape={settings.width / settings.height}>
          {source ? (
            <Picture
              url={source.url}
              poster={isFilm ? (film?.poster_url ?? null) : (clip?.poster ?? null)}
              label={isFilm ? "Film" : `Segment ${(clip?.segment.order_index ?? 0) + 1}`}
              isMuted={isMuted}
              video={video}
              onClick={() => usePlayer.getState().player?.toggle()}
            />
          ) : isFilm ? (
            <NoFilm />
          ) : clip?.still ? (
            <Still url={clip.still} label={`Segment ${clip.segment.order_index + 1}`} />
          ) : (
            clip && <EmptyPicture segment={clip.segment} />
          )}
          {!isFilm && (
            <Suspense>
              <Overlays />
            </Suspense>
          )}
        </Stage>
      </div>
      <Transport
        fps={fps}
        total={total}
        playsOn={isFilm ? null : playsOn}
        onPlaysOn={setPlaysOn}
        onCut={(delta) => goTo(neighbour(ids, clip?.segment.id ?? null, delta), null, false)}
      />
    </section>
  );
}

function useFilm(): RenderJob | undefined {
  const { id } = useProject();
  const renderId = useSession((state) => state.renderId);
  const films = (useRenders(id).data ?? []).filter((job) => job.video_url !== null);
  return films.find((job) => job.id === renderId) ?? films[0];
}

function FilmFacts({ film }: { film: RenderJob }) {
  const plan = usePlan(film.project_id).data;
  const isOld = plan?.steps.some((step) => step.kind === "master" && step.action === "make");
  return isOld ? <Badge tone="warn">Older than your timeline</Badge> : null;
}

function ClipFacts({ clip: { segment, isOld } }: { clip: Clip }) {
  const progress = useSegmentProgress(segment.id) ?? segment.progress;
  return (
    <>
      {isOld && <Badge tone="warn">Older take</Badge>}
      {isTreated(segment) && <Badge>Shown without effects</Badge>}
      {segment.status === "generating" && (
        <Badge tone="accent">
          <ProgressRing share={progress} label="Generating" className="size-3" />
          Generating
        </Badge>
      )}
    </>
  );
}

function NoFilm() {
  return (
    <div className="absolute inset-0 flex flex-col items-center justify-center gap-1 bg-[#101218] text-center">
      <p className="text-base font-medium text-white/90">No film yet</p>
      <p className="text-xs text-white/60">Press Render, and watch it here.</p>
    </div>
  );
}
