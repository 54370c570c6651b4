// Generating from commands: nothing that may cost money starts before its price was seen and agreed
// to. Prices come from the plan; this file only decides whether a person has to be asked.
import { createTakes, generateSegments } from "@/api/generation";
import { getPlan } from "@/api/renders";
import type { Model, Plan, PlanSegment, Price, Segment, TakesPrice } from "@/api/types";
import { capOf, mayCost, priceText } from "@/engine/money";
import { purses, timesPrice } from "@/engine/priceSum";
import { shortWait } from "@/engine/timecode";
import { saveEdits } from "@/lib/actions/editSegment";
import { isLost, type Purchase, purchase } from "@/lib/purchase";
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

/** What `count` takes of a segment cost, as far as anybody here has heard. */
function knownCost(segment: Segment, count: number): Cost {
  const models = queryClient.getQueryData<Model[]>(keys.models);
  const told = knownTakesPrice(segment, count);
  return costOfTakes(segment, count, knownPlan(), models, told);
}

/** Asks for new takes at once where they are free, else with a window that says the price. */
export function askForTakes(segment: Segment, count: number): void {
  const cost = knownCost(segment, count);
  if (cost.mayCost) openWindow("new-takes", { segmentId: segment.id, count });
  else void startTakes(segment.id, count, cost.price);
}

/** Tries what has failed again, for the price that its button says; asks where nobody knows that. */
export function tryAgain(segment: Segment): void {
  const { price } = knownCost(segment, 1);
  if (price?.is_known) void startTakes(segment.id, 1, price);
  else askForTakes(segment, 1);
}

/** Nothing answers what the segment asks for yet: then the one take that is wanted is that of the plan. */
export const isMissing = (row: PlanSegment | undefined): boolean =>
  row?.action === "generate" && !row.is_under_way;

/** Who is quicker than the plan waits for it: it says whether the plain take is there already. */
async function rowOf(id: string, segmentId: string): Promise<PlanSegment | undefined> {
  const queryKey = keys.plan(id);
  const shown = await queryClient.ensureQueryData({ queryKey, queryFn: () => getPlan(id) });
  const plan = await currentPlan(id, shown);
  return plan.segments.find(({ segment_id }) => segment_id === segmentId);
}

/** `price` is what was agreed to; it may not cost more. */
export async function startTakes(id: string, count: number, price: Price | null): Promise<void> {
  // What is sent again later is still of this project, whichever is open by then.
  const { id: project } = openProject();
  const takes = purchase(async (purchaseId) => {
    await saveEdits();
    const cap = capOf(price);
    if (count === 1 && isMissing(await rowOf(project, id)))
      return () => generateSegments(purchaseId, project, [id], cap);
    const keepsSeed = isSeedLocked(id);
    return () => createTakes(purchaseId, id, count, cap, keepsSeed);
  });
  const done = count === 1 ? "A new take is being generated" : `${count} takes are being generated`;
  await buy(takes, done, "No new take was started", () => askAgain(id, count));
}

function askAgain(id: string, count: number): void {
  const segment = openProject().segments.find((one) => one.id === id);
  if (segment !== undefined) askForTakes(segment, count);
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

/**
 * Starts every segment of the plan that was agreed to. What can be kept under one price is one purchase:
 * all of it for at most that price, or none.
 */
export async function startChanged(plan: Plan): Promise<void> {
  const project = openProject().id;
  // One after the other: what two of them need is paid with the first.
  for (const { ids, cap } of purses(toStart(plan))) {
    const clips = purchase(async (purchaseId) => {
      await saveEdits();
      return () => generateSegments(purchaseId, project, ids, cap);
    });
    const those = ids.length === 1 ? "1 segment is" : `${ids.length} segments are`;
    const anew = () => void generateChanged();
    await buy(clips, `${those} being generated`, `${those} not started`, anew);
  }
}

/**
 * Sends what was agreed to. Where the answer was lost "Try again" sends the very same, which buys nothing
 * twice; where it was refused nothing was bought, and `anew` asks for the price of now.
 */
async function buy(what: Purchase, done: string, refused: string, anew: () => void): Promise<void> {
  try {
    await what();
    announce(done);
  } catch (error) {
    const resend = () => void buy(what, done, refused, anew);
    sayProblem(refused, error, isLost(error) ? resend : anew);
  } finally {
    refreshProject();
    refreshTakes();
  }
}
