// Choosing and pinning takes; and trying a failed segment again.
import { type Decision, resolveJob, retrySegment } from "@/api/segments";
import type { Segment } from "@/api/types";
import type { Change } from "@/engine/operations";
import { newId } from "../ids";
import { refreshProject, refreshTakes } from "../refresh";
import { openProject } from "../store/document";
import { sayProblem } from "../toast";
import { decided } from "./decided";
import { saveEdits } from "./editSegment";
import { enter, perform, save } from "./perform";

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
  const segment = segmentOf(id);
  if (segment === undefined) return;
  const label = isPinned === segment.pinned ? "choice of take" : isPinned ? "pin" : "unpinning";
  await told(perform(label, [choiceOf(segment, takeId, isPinned)]));
}

/** Shows a take in a segment that has just come in: no step of its own, as it goes with the segment. */
export async function putFirstTake(id: string, takeId: string): Promise<void> {
  const segment = segmentOf(id);
  if (segment === undefined) return;
  const step = newId();
  enter(step, [choiceOf(segment, takeId, false)]);
  await told(step);
  void save();
}

const segmentOf = (id: string): Segment | undefined =>
  openProject().segments.find((one) => one.id === id);

const choiceOf = (segment: Segment, takeId: string | null, isPinned: boolean): Change => ({
  type: "choose_take",
  segment: segment.id,
  set: { take_id: takeId, pinned: isPinned },
  was: { take_id: segment.chosen_take_id, pinned: segment.pinned },
});

/** Waits for the server's word on a choice, and says it where it is a refusal. */
async function told(step: string): Promise<void> {
  try {
    await decided(step);
  } catch (error) {
    sayProblem("The take was not changed", error);
  }
  refreshTakes();
}

export const tryAgain = (id: string): Promise<void> =>
  attempt("The segment was not started again", () => retrySegment(id));

export const resolveDoubt = (jobId: string, action: Decision): Promise<void> =>
  attempt("The decision was not recorded", () => resolveJob(jobId, action));
