// The history of renders: what each made, why, and what it cost; watch one, download one, see why one
// failed.
import { ChevronDown, CircleAlert, CircleSlash, Download, Film } from "lucide-react";
import type { ReactNode } from "react";
import { downloadAddress } from "@/api/renders";
import type { RenderJob } from "@/api/types";
import { ago, clock } from "@/engine/timecode";
import { useRenders } from "@/lib/queries";
import { useProject } from "@/lib/store/document";
import { showFilm } from "@/lib/store/session";
import { Button } from "@/ui/Button";
import { Popover } from "@/ui/Popover";
import { OutputLinks } from "./OutputLinks";
import { paidText } from "./paid";
import { RenderReasons } from "./RenderReasons";

export function FilmMenu() {
  const { id } = useProject();
  const renders = (useRenders(id).data ?? []).filter((job) => job.finished_at !== null);
  if (renders.length === 0) return null;
  const now = Date.now();
  return (
    <Popover
      label="Films"
      className="w-96"
      trigger={
        <Button size="sm" look="quiet">
          Films
          <span className="text-faint tabular-nums">{renders.length}</span>
          <ChevronDown />
        </Button>
      }
    >
      <ul className="overflow-y-auto p-1.5">
        {renders.map((job) => (
          <FilmRow key={job.id} job={job} now={now} />
        ))}
      </ul>
    </Popover>
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
