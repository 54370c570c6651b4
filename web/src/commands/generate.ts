// Generating from commands: nothing that may cost money starts before its price was seen and agreed
// to. Prices come from the plan; this file only decides whether a person has to be asked.
import { createTakes, generateSegment } from "@/api/generation";
import { getPlan } from "@/api/renders";
import type { Model, Plan, PlanSegment, Price, Segment, TakesPrice } from "@/api/types";
import { mayCost, priceText } from "@/engine/money";
import { timesPrice } from "@/engine/priceSum";
import { shortWait } from "@/engine/timecode";
import { saveEdits } from "@/lib/actions/editSegment";
import { findModel } from "@/lib/queries";
import { keys, queryClient } from "@/lib/queryClient";
import { currentPlan, refreshProject, refreshTakes } from "@/lib/refresh";
import { openProject } from "@/lib/store/document";
import { announce } from "@/lib/store/session";
import { knownTakesPrice } from "@/lib/takesPrice";
import { sayProblem } from "@/lib/toast";
import { isSeedLocked } from "./seedLocks";
import { openWindow } from "./windows";

/** What asking for takes means for one's purse. Null is what nobody has worked out yet. */
export interface Cost {
  price: Price | null;
  /** How long it usually takes until all are there. */
  seconds: number | null;
  mayCost: boolean;
}

/** "≈ $0.60 · ≈ 40 s", "free · a moment"; "paid" while nobody has worked out how much. */
export function costText({ price, seconds, mayCost }: Cost): string {
  const told = price !== null ? priceText(price) : mayCost ? "paid" : "free";
  return seconds === null ? told : `${told} · ${shortWait(seconds)}`;
}

/**
 * What `count` takes of a segment cost: as the server told it, else as far as the plan and the
 * catalogue know it.
 */
export function costOfTakes(
  segment: Segment,
  count: number,
  plan: Plan | undefined,
  models: readonly Model[] | undefined,
  told: TakesPrice | undefined,
): Cost {
  const row = plan?.segments.find(({ segment_id }) => segment_id === segment.id);
  const isFurther = count > 1 || !isMissing(row);
  if (told !== undefined && isFurther)
    return { price: told.price, seconds: told.seconds, mayCost: mayCost(told.price) };
  if (row?.action === "generate") {
    const price = timesPrice(row.price, count);
    return { price, seconds: row.seconds, mayCost: mayCost(price) };
  }
  const isFree = findModel(models, segment.model_params.model)?.is_local;
  return { price: null, seconds: null, mayCost: !isFree };
}

/** The rows of a plan that still have to be started. */
export const toStart = (plan: Plan): PlanSegment[] =>
  plan.segments.filter((row) => row.action === "generate" && !row.is_under_way);

/** How long all of them usually take: they are made side by side. */
export const secondsToStart = (plan: Plan): number =>
  Math.max(0, ...toStart(plan).map(({ seconds }) => seconds));

const knownPlan = () => queryClient.getQueryData<Plan>(keys.plan(openProject().id));

/** Asks for new takes at once where they are free, else with a window that says the price. */
export function askForTakes(segment: Segment, count: number): void {
  const models = queryClient.getQueryData<Model[]>(keys.models);
  const told = knownTakesPrice(segment, count);
  const cost = costOfTakes(segment, count, knownPlan(), models, told);
  if (cost.mayCost) openWindow("new-takes", { segmentId: segment.id, count });
  else void startTakes(segment.id, count, cost.price);
}

/** Nothing answers what the segment asks for yet: then the one take that is wanted is that of the plan. */
export const isMissing = (row: PlanSegment | undefined): boolean =>
  row?.action === "generate" && !row.is_under_way;

/** Who is quicker than the plan waits for it: it says whether the plain take is there already. */
async function rowOf(segmentId: string): Promise<PlanSegment | undefined> {
  const { id } = openProject();
  const queryKey = keys.plan(id);
  const shown = await queryClient.ensureQueryData({ queryKey, queryFn: () => getPlan(id) });
  const plan = await currentPlan(id, shown);
  return plan.segments.find(({ segment_id }) => segment_id === segmentId);
}

/** `price` is what was agreed to; it may not cost more. */
export async function startTakes(id: string, count: number, price: Price | null): Promise<void> {
  try {
    await saveEdits();
    await (count === 1 && isMissing(await rowOf(id))
      ? generateSegment(id, capOf(price))
      : createTakes(id, count, capOf(price), isSeedLocked(id)));
    announce(count === 1 ? "A new take is being generated" : `${count} takes are being generated`);
    refreshAll();
  } catch (error) {
    sayProblem("No new take was started", error, () => void startTakes(id, count, price));
  }
}

/** Generates what has changed at once where that is free, else with a window that says the price. */
export async function generateChanged(): Promise<void> {
  const shown = knownPlan();
  if (shown === undefined) return;
  try {
    await saveEdits();
    const plan = await currentPlan(openProject().id, shown);
    if (mayCost(plan.price) || !plan.ready) openWindow("generate-changed");
    else await startChanged(plan);
  } catch (error) {
    sayProblem("Nothing was started", error, () => void generateChanged());
  }
}

/** Starts every segment of the plan that was agreed to, each for at most its price in the plan. */
export async function startChanged(plan: Plan): Promise<void> {
  const rows = toStart(plan);
  try {
    for (const row of rows) await generateSegment(row.segment_id, capOf(row.price));
    announce(
      rows.length === 1
        ? "1 segment is being generated"
        : `${rows.length} segments are being generated`,
    );
  } catch (error) {
    // What was started is not started again: the server knows it.
    sayProblem("Not everything was started", error, () => void generateChanged());
  } finally {
    refreshAll();
  }
}

const capOf = (price: Price | null): string | null => (price?.is_known ? price.high : null);

function refreshAll(): void {
  refreshProject();
  refreshTakes();
}
