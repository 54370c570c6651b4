// Asks the server again after things have changed, once per burst of changes.
import { getPlan } from "@/api/renders";
import type { Plan } from "@/api/types";
import { debounce } from "./debounce";
import { askAnew, keys, queryClient } from "./queryClient";
import { useDocument } from "./store/document";
import { reload } from "./store/writes";

const planSoon = debounce(
  () => {
    const { base } = useDocument.getState();
    if (base !== null) void askAnew(keys.plan(base.id));
  },
  250,
  1500,
);

const projectSoon = debounce(() => void reload().catch(() => undefined), 120, 600);

/** The plan may be out of date. */
export const refreshPlan = (): void => planSoon();

/** The plan as it is now; asks the server when edits made here may have changed what is shown. */
export async function currentPlan(projectId: string, shown: Plan): Promise<Plan> {
  const queryKey = keys.plan(projectId);
  const isBehind = planSoon.isWaiting() || queryClient.isFetching({ queryKey }) > 0;
  if (!isBehind) return shown;
  planSoon.cancel();
  await queryClient.cancelQueries({ queryKey });
  return queryClient.fetchQuery({ queryKey, queryFn: () => getPlan(projectId), staleTime: 0 });
}

/** The project may be out of date, and with it the plan. */
export function refreshProject(): void {
  projectSoon();
  planSoon();
}

export const refreshTakes = (segmentId?: string): void =>
  void askAnew(segmentId ? keys.takes(segmentId) : keys.allTakes);

const takesSoon = debounce(() => refreshTakes(), 120, 600);

/** Takes have come or gone somewhere, perhaps many at once. */
export const refreshTakesSoon = (): void => takesSoon();

export const refreshRenders = (projectId: string): void => void askAnew(keys.renders(projectId));
