// Waiting for what the server says to a step, for forms that show a refusal themselves.
import type { Outcome } from "@/api/operations";
import { ApiProblem } from "@/api/problem";
import { awaited, onDecided } from "../store/settling";
import { flush } from "../store/writes";

/**
 * Sends all that waits. Whether the step came about: what met somebody else's edit is offered for a
 * decision. Throws ApiProblem when it was refused; a server that cannot be reached is no refusal, for
 * the step is kept and sent later.
 */
export async function decided(step: string): Promise<boolean> {
  const told: Outcome[] = [];
  const stop = onDecided((one, outcomes) => {
    if (one === step) told.push(...outcomes);
  });
  awaited.add(step);
  try {
    await flush();
  } finally {
    awaited.delete(step);
    stop();
  }
  const refusal = told.find(({ status }) => status !== "applied" && status !== "held_back");
  if (refusal === undefined) return true;
  if (refusal.status === "conflict") return false;
  throw asRefusal(refusal);
}

const asRefusal = ({ code, detail, errors }: Outcome): ApiProblem =>
  new ApiProblem(422, { code: code ?? "refused", detail: detail ?? "", errors });
