// Choosing, pinning and asking for takes; and trying a failed segment again.
import { chooseTake, createTake, resolveJob, retrySegment } from "@/api/segments";
import { refreshProject, refreshTakes } from "../refresh";
import { announce } from "../store/session";
import { write } from "../store/writes";
import { sayProblem } from "../toast";
import { saveEdits } from "./editSegment";

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
export const putTake = (id: string, takeId: string | null, isPinned: boolean): Promise<void> =>
  attempt("The take was not changed", () =>
    write((revision) => chooseTake(id, takeId, isPinned, revision)),
  );

/** Asks for one more take; `maxCost` is what the person agreed to, as a decimal string. */
export const askForTake = (id: string, maxCost: string | null): Promise<void> =>
  attempt("No new take was started", async () => {
    await createTake(id, maxCost);
    announce("A new take is being generated");
  });

export const tryAgain = (id: string): Promise<void> =>
  attempt("The segment was not started again", () => retrySegment(id));

export const resolveDoubt = (jobId: string, action: "resubmit" | "abandon"): Promise<void> =>
  attempt("The decision was not recorded", () => resolveJob(jobId, action));
