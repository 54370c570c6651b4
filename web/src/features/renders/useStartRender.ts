// Starting a render of exactly the plan that the person saw.
import { useState } from "react";
import { asProblem } from "@/api/problem";
import { getPlan, startRender } from "@/api/renders";
import type { Plan } from "@/api/types";
import { mayCost } from "@/engine/money";
import { saveEdits } from "@/lib/actions/editSegment";
import { keys, queryClient } from "@/lib/queryClient";
import { currentPlan } from "@/lib/refresh";
import { noteRender } from "@/lib/renderList";
import { useDocument, useProject } from "@/lib/store/document";
import { useSession } from "@/lib/store/session";
import { sayProblem } from "@/lib/toast";

/** What a person is asked before a render starts. */
export interface Question {
  plan: Plan;
  /** What was shown before, where it has changed since. */
  before: Plan | null;
}

const UNSAVED = {
  failed: "Some changes are not saved yet. Put them right first.",
  unreachable: "The server cannot be reached. Your changes are kept here: render when it answers.",
};

/** Names of the outputs to make; null for all of them. */
export type Choice = readonly string[] | null;

export function useStartRender(choice: Choice = null) {
  const { id } = useProject();
  const [isStarting, setStarting] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);

  /**
   * The Render button: edits are saved first, and what may cost money is asked about. Returns whether
   * a render has begun.
   */
  async function begin(shown: Plan): Promise<boolean> {
    setStarting(true);
    try {
      await saveEdits();
      const { save } = useDocument.getState();
      if (save === "failed" || save === "unreachable") {
        refuse(save);
        return false;
      }
      const plan = choice === null ? await currentPlan(id, shown) : await getPlan(id, choice);
      if (!plan.ready || !mayCost(plan.price)) return await go(plan);
      setQuestion({ plan, before: null });
    } catch (error) {
      sayProblem("The render did not start", error, () => void begin(shown));
    } finally {
      setStarting(false);
    }
    return false;
  }

  /** Starts the render of exactly the plan that was agreed to. Returns whether it has begun. */
  async function go(plan: Plan): Promise<boolean> {
    setQuestion(null);
    try {
      const most = plan.price.is_known ? plan.price.high : null;
      noteRender(await startRender(id, plan.digest, most, choice));
      useSession.setState({ isPlanOpen: false });
      return true;
    } catch (error) {
      handle(plan, error);
      return false;
    }
  }

  function refuse(save: "failed" | "unreachable"): void {
    sayProblem("Not rendered", new Error(UNSAVED[save]));
  }

  function handle(before: Plan, error: unknown): void {
    const problem = asProblem(error);
    const plan = problem.body.plan as Plan | undefined;
    if (problem.status === 409 && plan !== undefined) {
      if (choice === null) queryClient.setQueryData(keys.plan(id), plan);
      return setQuestion({ plan, before });
    }
    if (problem.status === 422) useSession.setState({ isPlanOpen: true });
    const again = problem.status === 422 ? undefined : () => void go(before);
    sayProblem("The render did not start", error, again);
  }

  return { begin, go, isStarting, question, dismiss: () => setQuestion(null) };
}
