// Puts a loaded project on the table: fills the stores, follows its events, clears up afterwards.
import { useEffect } from "react";
import { saveEdits } from "@/lib/actions/editSegment";
import { follow } from "@/lib/live";
import { changeDocument, EMPTY_DOCUMENT, useDocument } from "@/lib/store/document";
import { useJobs } from "@/lib/store/jobs";
import { usePlayer } from "@/lib/store/player";
import { useSession } from "@/lib/store/session";
import type { Loaded } from "@/lib/store/writes";

/** True once what was loaded is the open project. */
export function useOpenProject(loaded: Loaded | undefined): boolean {
  const openId = useDocument((state) => state.project?.id);
  useEffect(() => {
    if (loaded === undefined) return;
    const { project, items } = loaded;
    changeDocument(() => ({ ...EMPTY_DOCUMENT, base: project, baseItems: items }));
    useSession.setState({
      selectedId: project.segments[0]?.id ?? null,
      selectedItemId: null,
      listTab: "shots",
      inspectorTab: "about",
      previewTab: "clip",
      renderId: null,
      isPlanOpen: false,
      zoom: null,
    });
    usePlayer.setState({ time: 0 });
    const stop = follow(project.id, project.event_seq);
    return () => {
      stop();
      void saveEdits().finally(() => {
        if (useDocument.getState().base?.id === project.id) changeDocument(() => EMPTY_DOCUMENT);
      });
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
