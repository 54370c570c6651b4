// Tells the person when a render that was running is over.
import { useEffect } from "react";
import { notify } from "@/lib/notify";
import { useRenders } from "@/lib/queries";
import { newlyOver, type Over } from "@/lib/renderList";
import { useCandidate } from "@/lib/store/candidate";
import { openProject, useProject } from "@/lib/store/document";
import { usePlayer } from "@/lib/store/player";
import { announce, showFilm } from "@/lib/store/session";
import { sayDone, sayProblem } from "@/lib/toast";
import { touchedSince } from "@/lib/touch";

export function useRenderNews(): void {
  const { id } = useProject();
  const renders = useRenders(id).data;
  useEffect(() => newlyOver(renders ?? []).forEach(tell), [renders]);
}

function tell({ job, since }: Over): void {
  if (job.status === "completed") {
    announce("The film is ready");
    notify("The film is ready", openProject().name);
    if (!isBusy(since)) showFilm(job.id);
    sayDone("The film is ready", { label: "Watch", run: () => showFilm(job.id) });
  } else if (job.status === "failed") {
    announce("The render failed");
    notify("The render failed", openProject().name);
    sayProblem("The render failed", new Error(job.error_message ?? "No reason was given."));
  } else if (job.status === "needs_attention") {
    announce("The render waits for your decision");
    sayProblem(
      "The render waits for you",
      new Error(job.error_message ?? "A segment needs your decision."),
    );
  }
}

/** Whoever has gone on to something else since the render began is not pulled away from it. */
const isBusy = (since: number): boolean =>
  touchedSince(since) || usePlayer.getState().isPlaying || useCandidate.getState().take !== null;
