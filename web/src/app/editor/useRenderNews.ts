// Tells the person when a render that was running is over.
import { useEffect } from "react";
import type { RenderJob } from "@/api/types";
import { notify } from "@/lib/notify";
import { useRenders } from "@/lib/queries";
import { newlyOver } from "@/lib/renderList";
import { openProject, useProject } from "@/lib/store/document";
import { usePlayer } from "@/lib/store/player";
import { announce, showFilm } from "@/lib/store/session";
import { sayDone, sayProblem } from "@/lib/toast";

export function useRenderNews(): void {
  const { id } = useProject();
  const renders = useRenders(id).data;
  useEffect(() => newlyOver(renders ?? []).forEach(tell), [renders]);
}

function tell(job: RenderJob): void {
  if (job.status === "completed") {
    announce("The film is ready");
    notify("The film is ready", openProject().name);
    // Whoever is typing or watching is not to be pulled away.
    if (isBusy()) sayDone("The film is ready", { label: "Watch", run: () => showFilm(job.id) });
    else {
      showFilm(job.id);
      sayDone("The film is ready");
    }
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

function isBusy(): boolean {
  const isTyping = document.activeElement?.closest("input, textarea, [role=dialog]") !== null;
  return usePlayer.getState().isPlaying || (document.activeElement !== null && isTyping);
}
