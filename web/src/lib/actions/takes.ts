// Choosing and pinning takes; and deciding about a generation that waits for a person.
import { asProblem } from "@/api/problem";
import { type Decision, resolveJob } from "@/api/segments";
import type { Price, Segment } from "@/api/types";
import { capOf } from "@/engine/money";
import type { Change } from "@/engine/operations";
import { newId } from "../ids";
import { refreshProject, refreshTakes } from "../refresh";
import { openProject } from "../store/document";
import { sayProblem } from "../toast";
import { decided } from "./decided";
import { saveEdits } from "./editSegment";
import { enter, perform, save } from "./perform";

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

/** A job that waits for a decision, as it was looked at. */
export interface Doubt {
  jobId: string;
  epoch: number;
}

/** `price` is what was agreed to where it is bought once more; it may not cost more. */
export async function resolveDoubt(
  doubt: Doubt,
  action: Decision,
  price: Price | null = null,
): Promise<void> {
  try {
    await saveEdits();
    await resolveJob(doubt.jobId, doubt.epoch, action, capOf(price));
  } catch (error) {
    const again = () => void resolveDoubt(doubt, action, price);
    if (HAS_GONE_ON.has(asProblem(error).code)) sayProblem("It has gone on since", error);
    else sayProblem("The decision was not recorded", error, again);
  }
  refreshProject();
  refreshTakes();
}

/** Nothing is decided about what was decided already, be it by the same click. */
const HAS_GONE_ON = new Set(["moved_on", "no_decision_needed"]);
