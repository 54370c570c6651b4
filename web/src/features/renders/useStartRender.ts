// Starting a render of exactly the plan that the person saw.
import { useState } from "react";
import { asProblem } from "@/api/problem";
import { startRender } from "@/api/renders";
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

export function useStartRender() {
  const { id } = useProject();
  const [isStarting, setStarting] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);

  /** The Render button: edits are saved first, and what may cost money is asked about. */
  async function begin(shown: Plan): Promise<void> {
    setStarting(true);
    try {
      await saveEdits();
      if (useDocument.getState().save === "failed") return refuse();
      const plan = await currentPlan(id, shown);
      if (plan.ready && mayCost(plan.price)) setQuestion({ plan, before: null });
      else await go(plan);
    } catch (error) {
      sayProblem("The render did not start", error, () => void begin(shown));
    } finally {
      setStarting(false);
    }
  }

  /** Starts the render of exactly the plan that was agreed to. */
  async function go(plan: Plan): Promise<void> {
    setQuestion(null);
    try {
      noteRender(await startRender(id, plan.digest, plan.price.is_known ? plan.price.high : null));
      useSession.setState({ isPlanOpen: false });
    } catch (error) {
      handle(plan, error);
    }
  }

  function refuse(): void {
    sayProblem("Not rendered", new Error("Some changes are not saved yet. Put them right first."));
  }

  function handle(before: Plan, error: unknown): void {
    const problem = asProblem(error);
    const plan = problem.body.plan as Plan | undefined;
    if (problem.status === 409 && plan !== undefined) {
      queryClient.setQueryData(keys.plan(id), plan);
      return setQuestion({ plan, before });
    }
    if (problem.status === 422) useSession.setState({ isPlanOpen: true });
    sayProblem("The render did not start", error, () => void go(before));
  }

  return { begin, go, isStarting, question, dismiss: () => setQuestion(null) };
}
