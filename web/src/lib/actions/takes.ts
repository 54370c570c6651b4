// Choosing and pinning takes; and trying a failed segment again.
import { resolveJob, retrySegment } from "@/api/segments";
import { refreshProject, refreshTakes } from "../refresh";
import { openProject } from "../store/document";
import { sayProblem } from "../toast";
import { decided } from "./decided";
import { saveEdits } from "./editSegment";
import { perform } from "./perform";

async function attempt(title: string, run: () => Promise<unknown>): Promise<void> {
  try {
    await saveEdits();
    await run();
    refreshProject();
    refreshTakes();
  } catch (error) {
    sayProblem(title, error, () => void attempt(title, run));
  }
}

/** Shows a take in the cut; `isPinned` keeps it there whatever the request says. Null lets go. */
export async function putTake(id: string, takeId: string | null, isPinned: boolean): Promise<void> {
  const segment = openProject().segments.find((one) => one.id === id);
  if (segment === undefined) return;
  const set = { take_id: takeId, pinned: isPinned };
  const was = { take_id: segment.chosen_take_id, pinned: segment.pinned };
  const label = isPinned === segment.pinned ? "choice of take" : isPinned ? "pin" : "unpinning";
  const step = perform(label, [{ type: "choose_take", segment: id, set, was }]);
  try {
    await decided(step);
  } catch (error) {
    sayProblem("The take was not changed", error);
  }
  refreshTakes();
}

export const tryAgain = (id: string): Promise<void> =>
  attempt("The segment was not started again", () => retrySegment(id));

export const resolveDoubt = (jobId: string, action: "resubmit" | "abandon"): Promise<void> =>
  attempt("The decision was not recorded", () => resolveJob(jobId, action));
