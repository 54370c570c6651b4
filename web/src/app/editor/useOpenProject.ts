// Puts a loaded project on the table: fills the stores, follows its events, clears up afterwards.
import { useEffect } from "react";
import { closeWindows } from "@/commands/windows";
import { follow } from "@/lib/live";
import type { Loaded } from "@/lib/loadProject";
import { useConflicts } from "@/lib/store/conflicts";
import { useDocument } from "@/lib/store/document";
import { useJobs } from "@/lib/store/jobs";
import { openDocument } from "@/lib/store/opening";
import { resetPlayer } from "@/lib/store/player";
import { resetSession } from "@/lib/store/session";

/** True once what was loaded is the open project. */
export function useOpenProject(loaded: Loaded | undefined): boolean {
  const openId = useDocument((state) => state.project?.id);
  useEffect(() => {
    if (loaded === undefined) return;
    const { project } = loaded;
    const close = openDocument(loaded);
    resetSession(project.segments[0]?.id ?? null);
    resetPlayer();
    closeWindows();
    const stop = follow(project.id, project.event_seq);
    return () => {
      stop();
      close();
      useJobs.setState({ progress: {}, making: {} });
    };
  }, [loaded]);
  useLeaveGuard();
  return loaded !== undefined && openId === loaded.project.id;
}

/** Asks before the tab is closed over edits that are not saved, or that wait for a decision. */
function useLeaveGuard(): void {
  useEffect(() => {
    const guard = (event: BeforeUnloadEvent) => {
      const isSaved = useDocument.getState().save === "saved";
      if (!isSaved || useConflicts.getState().conflicts.length > 0) event.preventDefault();
    };
    window.addEventListener("beforeunload", guard);
    return () => window.removeEventListener("beforeunload", guard);
  }, []);
}
