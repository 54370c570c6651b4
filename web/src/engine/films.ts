// Which of the films that were made is the one of the timeline as it is now. Pure.
import type { Plan, RenderJob } from "@/api/types";

const MAIN = "main";

/** Whether a render of what is planned would lead to this very film: by its bytes, so that a film
 * made long ago counts again once its timeline has been gone back to. */
export function isOfThisTimeline(
  { outputs }: Pick<RenderJob, "outputs">,
  plan: Pick<Plan, "outputs">,
): boolean {
  const [made, planned] = [outputs, plan.outputs].map(digestOfMain);
  return made !== null && made === planned;
}

const digestOfMain = (outputs: readonly { name: string; digest?: string | null }[]) =>
  outputs.find(({ name }) => name === MAIN)?.digest ?? null;
