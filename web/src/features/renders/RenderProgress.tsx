// The render that is under way: how far, and a way to stop it.
import { Bell, X } from "lucide-react";
import { useState } from "react";
import { cancelRender } from "@/api/renders";
import type { RenderJob } from "@/api/types";
import { roughWait } from "@/engine/timecode";
import { askToNotify, canAsk } from "@/lib/notify";
import { noteRender } from "@/lib/renderList";
import { say, sayProblem } from "@/lib/toast";
import { Confirm } from "@/ui/Dialog";
import { IconButton } from "@/ui/IconButton";
import { ProgressRing } from "@/ui/Progress";
import { encodedText, isEncoding } from "./pace";
import { usePace } from "./usePace";

export function RenderProgress({ job }: { job: RenderJob }) {
  const [isAsking, setAsking] = useState(false);
  const left = usePace(job);
  async function stop() {
    setAsking(false);
    try {
      noteRender(await cancelRender(job.id));
    } catch (error) {
      sayProblem("The render was not stopped", error);
    }
  }
  return (
    <div
      data-testid="render-progress"
      className="flex h-8 items-center gap-2 rounded-lg border border-accent/40 bg-accent-soft pr-0.5 pl-3"
    >
      <ProgressRing share={job.progress > 0 ? job.progress : null} label="Render progress" />
      <span className="text-xs font-medium whitespace-nowrap tabular-nums">{words(job)}</span>
      <Encoding job={job} left={left} />
      <NotifyButton />
      <IconButton label="Stop the render" onClick={() => setAsking(true)} className="size-7">
        <X />
      </IconButton>
      <Confirm
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={() => void stop()}
        title="Stop this render?"
        text="Clips that are finished, or already paid for, are kept and will be reused."
        action="Stop render"
      />
    </div>
  );
}

/** Gone as soon as the person has answered once. */
function NotifyButton() {
  const [isOpen, setOpen] = useState(canAsk);
  if (!isOpen) return null;
  async function ask() {
    if (await askToNotify()) say("You will be told when the film is ready");
    setOpen(canAsk());
  }
  return (
    <IconButton label="Tell me when it is done" onClick={() => void ask()} className="size-7">
      <Bell />
    </IconButton>
  );
}

/** "14.2 of 36.0 s", and how long it still takes as soon as the pace is known. */
function Encoding({ job, left }: { job: RenderJob; left: number | null }) {
  if (job.status === "pending" || !isEncoding(job)) return null;
  return (
    <span className="hidden text-xs whitespace-nowrap text-muted tabular-nums xl:inline">
      {encodedText(job)}
      {left !== null && left > 0 && <span className="text-faint"> · {roughWait(left)} left</span>}
    </span>
  );
}

function words(job: RenderJob): string {
  if (job.status === "pending") return "Waiting to start";
  if (job.status === "compositing") return isEncoding(job) ? "Encoding" : "Putting it together";
  if (job.segments_total === 0) return "Rendering";
  return `Generating ${Math.min(job.segments_completed + 1, job.segments_total)} of ${job.segments_total}`;
}
