// Turns the project's live events into news for the stores and caches. Events say that something
// changed; what it is now is asked of the server, once per burst.
import { type LiveMessage, listen } from "@/api/events";
import { refreshProject, refreshRenders, refreshTakes } from "./refresh";
import { clearProgress, noteProgress } from "./store/jobs";
import { useSession } from "./store/session";

/** Follows a project from `seq` on. Returns how to stop. */
export function follow(projectId: string, seq: number): () => void {
  return listen(projectId, seq, {
    onConnection: (isLive) => useSession.setState({ isLive }),
    onMessage: (message) => receive(projectId, message),
  });
}

function receive(projectId: string, { type, data }: LiveMessage): void {
  if (type === "progress") return tick(data);
  const segmentId = data.segment_id;
  if (type === "segment.status" && typeof segmentId === "string") clearProgress(segmentId);
  if (type.startsWith("take.")) refreshTakes();
  if (type.startsWith("render.")) refreshRenders(projectId);
  refreshProject();
}

function tick(data: Record<string, unknown>): void {
  const { segment_ids: ids, progress: share, kind } = data;
  if (kind === "generate" && Array.isArray(ids) && typeof share === "number") {
    noteProgress(ids as string[], share);
  }
}
