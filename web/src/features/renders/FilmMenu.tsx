// The history of renders: what each made, why, and what it cost; watch one, download one, see why one
// failed.
import { ChevronDown, CircleAlert, CircleSlash, Download, Film } from "lucide-react";
import { type ReactNode, useCallback, useState } from "react";
import { asProblem } from "@/api/problem";
import { downloadAddress } from "@/api/renders";
import type { RenderJob } from "@/api/types";
import { FILMS } from "@/commands/film";
import { useHandler } from "@/commands/handlers";
import { ago, clock } from "@/engine/timecode";
import { cn } from "@/lib/cn";
import { useRenders } from "@/lib/queries";
import { useProject } from "@/lib/store/document";
import { showFilm } from "@/lib/store/session";
import { Button } from "@/ui/Button";
import { LoadFailed } from "@/ui/LoadFailed";
import { Popover } from "@/ui/Popover";
import { OutputLinks } from "./OutputLinks";
import { paidText } from "./paid";
import { RenderReasons } from "./RenderReasons";

/** Nothing only where it is known that nothing was rendered yet. */
export function FilmMenu() {
  const { id } = useProject();
  const query = useRenders(id);
  const [isOpen, setOpen] = useState(false);
  const renders = (query.data ?? []).filter((job) => job.finished_at !== null);
  const hasFailed = query.isError && query.data === undefined;
  const isThere = renders.length > 0 || hasFailed;
  const open = useCallback(() => setOpen(true), []);
  useHandler(FILMS, isThere ? open : null);
  if (query.isPending) {
    return (
      <span
        role="status"
        aria-label="Loading the films"
        className="h-7 w-20 shrink-0 animate-shimmer rounded-lg bg-raised"
      />
    );
  }
  if (!isThere) return null;
  return (
    <Popover
      label="Films"
      className="w-96"
      isOpen={isOpen}
      onOpenChange={setOpen}
      trigger={
        <Button size="sm" look="quiet" className={cn(hasFailed && "text-bad")}>
          {hasFailed && <CircleAlert />}
          Films
          {renders.length > 0 && <span className="text-faint tabular-nums">{renders.length}</span>}
          <ChevronDown />
        </Button>
      }
    >
      {query.isError && (
        <div className="p-2">
          <LoadFailed
            title="The films could not be loaded"
            reason={asProblem(query.error).message}
            isBusy={query.isFetching}
            onRetry={() => void query.refetch()}
          />
        </div>
      )}
      {renders.length > 0 && <FilmList renders={renders} />}
    </Popover>
  );
}

function FilmList({ renders }: { renders: readonly RenderJob[] }) {
  const now = Date.now();
  return (
    <ul className="overflow-y-auto p-1.5">
      {renders.map((job) => (
        <FilmRow key={job.id} job={job} now={now} />
      ))}
    </ul>
  );
}

function FilmRow({ job, now }: { job: RenderJob; now: number }) {
  const look = LOOKS[job.status] ?? LOOKS.failed;
  return (
    <li className="rounded-lg hover:bg-raised">
      <div className="flex items-center gap-1">
        <button
          type="button"
          disabled={job.video_url === null}
          onClick={() => showFilm(job.id)}
          className="flex min-w-0 flex-1 items-start gap-3 rounded-lg px-2.5 py-2 text-left -outline-offset-2 [&>svg]:mt-0.5 [&>svg]:size-4 [&>svg]:shrink-0"
        >
          {look?.icon}
          <span className="min-w-0">
            <span className="block">
              {look?.label}
              {job.duration_seconds !== null && (
                <span className="text-muted tabular-nums"> {clock(job.duration_seconds)}</span>
              )}
            </span>
            <span className="line-clamp-3 text-xs text-muted">
              {job.error_message ?? job.work.words}
            </span>
            <span className="block text-2xs text-faint">
              {ago(job.finished_at ?? job.updated_at, now)} · {paidText(job)}
            </span>
          </span>
        </button>
        {job.video_url && (
          <a
            href={downloadAddress(job.video_url)}
            download
            aria-label="Download film"
            className="mr-1 flex size-8 items-center justify-center rounded-lg text-muted hover:bg-hover hover:text-ink"
          >
            <Download className="size-4" />
          </a>
        )}
      </div>
      <RenderReasons work={job.work} />
      <OutputLinks outputs={job.outputs} />
    </li>
  );
}

const LOOKS: Partial<Record<RenderJob["status"], { label: string; icon: ReactNode }>> = {
  completed: { label: "Film", icon: <Film className="text-good" /> },
  failed: { label: "Failed", icon: <CircleAlert className="text-bad" /> },
  cancelled: { label: "Stopped", icon: <CircleSlash className="text-faint" /> },
};
