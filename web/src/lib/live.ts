// Turns the project's live events into news for the stores and caches. Events say that something
// changed; what it is now is asked of the server, once per burst.
import { type LiveMessage, listen } from "@/api/events";
import type { Operation } from "@/engine/operations";
import { CLIENT } from "./ids";
import { refreshPlan, refreshProject, refreshRenders, refreshTakesSoon } from "./refresh";
import { takeForeign } from "./store/foreign";
import { noteMaking, noteProgress } from "./store/jobs";
import { useSession } from "./store/session";
import { flush } from "./store/writes";
import { sayProblem } from "./toast";

/** Follows a project from `seq` on. Returns how to stop. */
export function follow(projectId: string, seq: number): () => void {
  return listen(projectId, seq, {
    onConnection: (isLive) => {
      useSession.setState({ isLive });
      if (isLive) void flush();
    },
    onMessage: (message) => receive(projectId, message),
  });
}

function receive(projectId: string, { type, data }: LiveMessage): void {
  if (type === "progress") return tick(data);
  if (type === "segment.status") receiveStatus(data as unknown as StatusNews);
  if (type === "project.operations") return receiveOperations(data as unknown as OperationsNews);
  if (type.startsWith("take.")) refreshTakesSoon();
  // Of what a render does to segments they tell themselves; it speaks up to once a second.
  if (type.startsWith("render.")) {
    if (type === "render.completed") refreshPlan(); // the film that it would make is there
    return refreshRenders(projectId);
  }
  refreshProject();
}

interface OperationsNews {
  client: string;
  revision: number;
  /** Null where they are too long for an event. */
  operations: readonly Operation[] | null;
}

/** What others did shows at once; how it stands is asked of the server. */
function receiveOperations({ client, revision, operations }: OperationsNews): void {
  if (client === CLIENT) return;
  if (operations !== null) takeForeign(revision, operations);
  refreshProject();
}

interface StatusNews {
  segment_id: string;
  job_id: string;
  job_state: string;
  /** Above 0 for a take that was asked for on purpose. */
  variation: number;
  error_message: string | null;
  /** The model that is asked instead of the one that refused. */
  stood_in_by: string | null;
}

const OVER = new Set(["succeeded", "failed", "cancelled", "needs_attention"]);

function receiveStatus(news: StatusNews): void {
  noteMaking(news.segment_id, news.job_id, !OVER.has(news.job_state));
  // The segment itself still shows its old take, so nothing on it would say that this went wrong.
  if (news.variation === 0 || news.stood_in_by !== null) return;
  const reason = new Error(news.error_message ?? "No reason was given.");
  if (news.job_state === "failed") sayProblem("The new take failed", reason);
  if (news.job_state === "needs_attention") sayProblem("A new take needs your decision", reason);
}

function tick(data: Record<string, unknown>): void {
  const { segment_ids: ids, progress: share, kind } = data;
  if (kind === "generate" && Array.isArray(ids) && typeof share === "number") {
    noteProgress(ids as string[], share);
  }
}
