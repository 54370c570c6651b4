// Calling off what is being generated for a segment: best effort, and it says what may be billed.
import { cancelJob } from "@/api/segments";
import { refreshProject } from "../refresh";
import { sayDone, sayProblem } from "../toast";

/** Each generation goes on for whoever else wants it; a take that comes after all is kept. */
export async function callOff(segmentId: string, jobIds: readonly string[]): Promise<void> {
  try {
    const told = await Promise.all(jobIds.map((id) => cancelJob(id, segmentId)));
    const messages = new Set(told.map(({ message }) => message));
    sayDone(messages.size === 1 ? sentence([...messages][0] ?? "") : "All of it was called off");
  } catch (error) {
    sayProblem("It was not called off", error, () => void callOff(segmentId, jobIds));
  }
  refreshProject();
}

const sentence = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
