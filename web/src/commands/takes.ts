// Commands about takes: ask for one, for four, generate what changed, look at them, compare, use, keep.
import { listTakes } from "@/api/segments";
import type { Model, Plan, Segment, Take } from "@/api/types";
import { fieldsOf } from "@/engine/paramForm";
import { asInCut, takeBeside } from "@/engine/takes";
import { chooseTake, lookAtTake } from "@/lib/actions/chooseTake";
import { putTake } from "@/lib/actions/takes";
import { findModel } from "@/lib/queries";
import { keys, queryClient } from "@/lib/queryClient";
import { flip, toggleBeside, useCandidate } from "@/lib/store/candidate";
import { useDocument } from "@/lib/store/document";
import { announce } from "@/lib/store/session";
import { sayProblem } from "@/lib/toast";
import type { Command } from "./command";
import { askForTakes, generateChanged, toStart } from "./generate";
import { callHandler, hasHandler } from "./handlers";
import { isSeedLocked, toggleSeedLock } from "./seedLocks";
import { selectedSegment } from "./selected";

/** Carried out by the list of what is under way, which hangs on its button. */
export const QUEUE = "take.queue";

const FOUR = 4;

const generated = (): Segment | undefined => {
  const segment = selectedSegment();
  return segment?.media === null ? segment : undefined;
};

const canGenerate = () => generated() !== undefined;

const withGenerated = (run: (segment: Segment) => void) => () => {
  const segment = generated();
  if (segment !== undefined) run(segment);
};

function hasChanged(): boolean {
  const id = useDocument.getState().project?.id ?? "";
  const plan = queryClient.getQueryData<Plan>(keys.plan(id));
  return plan !== undefined && toStart(plan).length > 0;
}

const isLooking = () => useCandidate.getState().take !== null;

const hasTakes = () => (generated()?.take_count ?? 0) > 0;

/** Only some models take a seed. */
function hasSeed(): boolean {
  const models = queryClient.getQueryData<Model[]>(keys.models);
  const schema = findModel(models, generated()?.model_params.model)?.parameters;
  return schema !== undefined && fieldsOf(schema).some(({ name }) => name === "seed");
}

function lockSeed({ id }: Segment): void {
  toggleSeedLock(id);
  announce(isSeedLocked(id) ? "New takes keep the seed" : "Each new take has its own seed");
}

const putLookedAt = () => {
  const { take } = useCandidate.getState();
  if (take !== null) void chooseTake(take);
};

const step = (delta: 1 | -1) =>
  withGenerated((segment) => {
    stepTo(segment, delta).catch((error) => sayProblem("The takes could not be fetched", error));
  });

/** From the take that is looked at, else from the one in the cut. */
async function stepTo(segment: Segment, delta: 1 | -1): Promise<void> {
  const all: Take[] = await queryClient.ensureQueryData({
    queryKey: keys.takes(segment.id),
    queryFn: () => listTakes(segment.id),
  });
  const clips = all.filter(({ makes, asset_url }) => makes === "video" && asset_url !== null);
  const takes = asInCut(clips, segment);
  const from = useCandidate.getState().take ?? takes.find((take) => take.is_current);
  const next = takeBeside(takes, from?.id ?? null, delta);
  if (next === null) announce(delta > 0 ? "That was the last take" : "That was the first take");
  else lookAtTake(next);
}

export const TAKES: readonly Command[] = [
  {
    id: "take.new",
    title: "New take",
    section: "Takes",
    keys: ["G", "Mod+Enter"],
    words: "generate again make prompt",
    typing: "inspector",
    isEnabled: canGenerate,
    run: withGenerated((segment) => askForTakes(segment, 1)),
  },
  {
    id: "take.four",
    title: "Four variations",
    section: "Takes",
    keys: ["Shift+G"],
    words: "generate takes 4 more",
    isEnabled: canGenerate,
    run: withGenerated((segment) => askForTakes(segment, FOUR)),
  },
  {
    id: "take.previous",
    title: "Look at the previous take",
    section: "Takes",
    keys: ["["],
    words: "candidate preview audition version",
    isRepeating: true,
    isEnabled: hasTakes,
    run: step(-1),
  },
  {
    id: "take.next",
    title: "Look at the next take",
    section: "Takes",
    keys: ["]"],
    words: "candidate preview audition version",
    isRepeating: true,
    isEnabled: hasTakes,
    run: step(1),
  },
  {
    id: "take.use",
    title: "Use the take that is looked at",
    section: "Takes",
    keys: ["Enter"],
    words: "candidate choose accept",
    isEnabled: isLooking,
    run: putLookedAt,
  },
  {
    id: "take.flip",
    title: "Flip between the take and the cut",
    section: "Takes",
    keys: ["C"],
    words: "compare a b hold candidate",
    isEnabled: () => isLooking() && !useCandidate.getState().isBeside,
    run: () => flip(!useCandidate.getState().isFlipped),
    release: () => flip(false),
  },
  {
    id: "take.beside",
    title: "Take and cut side by side",
    section: "Takes",
    keys: ["Shift+C"],
    words: "compare a b split candidate",
    isEnabled: isLooking,
    run: toggleBeside,
  },
  {
    id: "take.lock",
    title: "Lock or unlock the take",
    section: "Takes",
    keys: ["Shift+L"],
    words: "pin keep",
    isEnabled: () => (generated()?.take_id ?? null) !== null,
    run: withGenerated(({ id, take_id, pinned }) => void putTake(id, take_id, !pinned)),
  },
  {
    id: "take.seed",
    title: "Lock or unlock the seed for new takes",
    section: "Takes",
    keys: [],
    words: "same picture random",
    isEnabled: hasSeed,
    run: withGenerated(lockSeed),
  },
  {
    id: "take.changed",
    title: "Generate everything that changed",
    section: "Takes",
    keys: ["Mod+Shift+G"],
    words: "stale all segments missing",
    isEnabled: hasChanged,
    run: () => void generateChanged(),
  },
  {
    id: QUEUE,
    title: "Show what is being generated",
    section: "Takes",
    keys: [],
    words: "queue under way progress call off cancel",
    isEnabled: () => hasHandler(QUEUE),
    run: () => callHandler(QUEUE),
  },
];
