// The viewer: the cut as it is now, or a finished film, with the transport that both share.
import { Download } from "lucide-react";
import { lazy, type ReactNode, Suspense } from "react";
import { downloadAddress } from "@/api/renders";
import type { RenderJob } from "@/api/types";
import { isOfThisTimeline } from "@/engine/films";
import { framesPerSecond } from "@/engine/frameRate";
import { useFilmLayout } from "@/lib/hooks/useFilmLayout";
import { usePlan, useRenders } from "@/lib/queries";
import { useProject } from "@/lib/store/document";
import { usePlayer } from "@/lib/store/player";
import { type PreviewTab, useSession } from "@/lib/store/session";
import { Badge } from "@/ui/Badge";
import { LinkButton } from "@/ui/Button";
import { Tabs } from "@/ui/Tabs";
import { nextCut } from "./cuts";
import { FilmView } from "./FilmView";
import { Transport } from "./Transport";
import { useShowSelected } from "./useShowSelected";

const CutView = lazy(() => import("./CutView"));

const TABS = [
  { value: "clip", label: "Timeline" },
  { value: "film", label: "Film" },
] as const;

interface PreviewProps {
  /** Shown while the project has no segments. */
  empty: ReactNode;
  /** Stands beside the tabs. */
  films: ReactNode;
  /** Stands over the timeline's picture: which take is looked at in place of the cut. */
  candidate?: ReactNode;
}

export function Preview({ empty, films, candidate }: PreviewProps) {
  const { segments, settings } = useProject();
  const tab = useSession((state) => state.previewTab);
  const film = useFilm();
  const layout = useFilmLayout();
  if (segments.length === 0) return <>{empty}</>;
  const isFilm = tab === "film";
  const total = isFilm && film?.duration_seconds ? film.duration_seconds : layout.total;
  const goToCut = (delta: number) => {
    const { player, time } = usePlayer.getState();
    player?.seek(nextCut(layout.start, total, time, delta));
  };
  return (
    <section aria-label="Preview" className="@container flex h-full min-h-0 flex-col px-4">
      <FollowSelection />
      <div className="flex h-11 shrink-0 items-center gap-2">
        <Tabs
          label="What to watch"
          value={tab}
          tabs={TABS}
          onChange={(previewTab: PreviewTab) => useSession.setState({ previewTab })}
        />
        {isFilm && film && <FilmFacts film={film} />}
        {isFilm ? <span className="flex-1" /> : <div className="min-w-0 flex-1">{candidate}</div>}
        {films}
        {isFilm && film?.video_url && (
          <LinkButton size="sm" href={downloadAddress(film.video_url)} download>
            <Download /> Download
          </LinkButton>
        )}
      </div>
      <div id={`panel-${tab}`} role="tabpanel" className="flex min-h-0 flex-1 flex-col">
        {isFilm ? (
          <FilmView film={film} />
        ) : (
          <Suspense fallback={<div className="flex-1" />}>
            <CutView />
          </Suspense>
        )}
      </div>
      <Transport fps={framesPerSecond(settings.fps)} total={total} onCut={goToCut} />
    </section>
  );
}

/** Apart, because a click changes nothing else here. */
function FollowSelection(): null {
  useShowSelected();
  return null;
}

function useFilm(): RenderJob | undefined {
  const { id } = useProject();
  const renderId = useSession((state) => state.renderId);
  const films = (useRenders(id).data ?? []).filter((job) => job.video_url !== null);
  return films.find((job) => job.id === renderId) ?? films[0];
}

function FilmFacts({ film }: { film: RenderJob }) {
  const plan = usePlan(film.project_id).data;
  return plan && !isOfThisTimeline(film, plan) ? (
    <Badge tone="warn">Older than your timeline</Badge>
  ) : null;
}
