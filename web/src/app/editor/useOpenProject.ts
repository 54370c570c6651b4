// Puts a loaded project on the table: fills the stores, follows its events, clears up afterwards.
import { useEffect } from "react";
import { follow } from "@/lib/live";
import type { Loaded } from "@/lib/loadProject";
import { useDocument } from "@/lib/store/document";
import { useJobs } from "@/lib/store/jobs";
import { openDocument } from "@/lib/store/opening";
import { usePlayer } from "@/lib/store/player";
import { resetSession } from "@/lib/store/session";

/** True once what was loaded is the open project. */
export function useOpenProject(loaded: Loaded | undefined): boolean {
  const openId = useDocument((state) => state.project?.id);
  useEffect(() => {
    if (loaded === undefined) return;
    const { project } = loaded;
    const close = openDocument(loaded);
    resetSession(project.segments[0]?.id ?? null);
    usePlayer.setState({ time: 0 });
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

/** Asks before the tab is closed over edits that are not saved. */
function useLeaveGuard(): void {
  useEffect(() => {
    const guard = (event: BeforeUnloadEvent) => {
      if (useDocument.getState().save !== "saved") event.preventDefault();
    };
    window.addEventListener("beforeunload", guard);
    return () => window.removeEventListener("beforeunload", guard);
  }, []);
}
