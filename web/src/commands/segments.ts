// Commands about the selected segment: its place, its length, its fields.
import { moveSegments } from "@/lib/actions/moveSegments";
import { selectedInOrder } from "@/lib/store/session";
import type { Command } from "./command";
import { moveChosen } from "./edits";
import { focusInspector, focusPrompt } from "./focus";
import { generatedIds, hasSelection, segmentIds, selectedSegment } from "./selected";
import { openWindow } from "./windows";

/** Not all of what is chosen stands at the beginning already. */
const canMoveEarlier = () =>
  hasSelection() && selectedInOrder().some((id, at) => segmentIds()[at] !== id);
const canMoveLater = () =>
  hasSelection() &&
  selectedInOrder()
    .toReversed()
    .some((id, at) => segmentIds().at(-1 - at) !== id);

/** Runs with the selected segment. */
const withSelected = (run: (id: string) => void) => () => {
  const segment = selectedSegment();
  if (segment !== undefined) run(segment.id);
};

export const SEGMENTS: readonly Command[] = [
  {
    id: "segment.earlier",
    title: "Move earlier",
    section: "Segments",
    keys: ["Alt+ArrowLeft"],
    words: "reorder left up swap",
    isRepeating: true,
    isEnabled: canMoveEarlier,
    run: () => moveChosen(-1),
  },
  {
    id: "segment.later",
    title: "Move later",
    section: "Segments",
    keys: ["Alt+ArrowRight"],
    words: "reorder right down swap",
    isRepeating: true,
    isEnabled: canMoveLater,
    run: () => moveChosen(1),
  },
  {
    id: "segment.first",
    title: "Move to the start",
    section: "Segments",
    keys: ["Alt+Home"],
    words: "reorder first",
    isEnabled: canMoveEarlier,
    run: () => void moveSegments(selectedInOrder(), 0),
  },
  {
    id: "segment.last",
    title: "Move to the end",
    section: "Segments",
    keys: ["Alt+End"],
    words: "reorder",
    isEnabled: canMoveLater,
    run: () => void moveSegments(selectedInOrder(), segmentIds().length),
  },
  {
    id: "segment.moveTo",
    title: "Move to position…",
    section: "Segments",
    keys: ["Alt+P"],
    words: "reorder number place",
    isEnabled: () => hasSelection() && segmentIds().length > selectedInOrder().length,
    run: withSelected((segmentId) => openWindow("move-to", { segmentId })),
  },
  {
    id: "segment.trim",
    title: "Set in and out…",
    section: "Segments",
    keys: ["Alt+T"],
    words: "trim numbers seconds start end length",
    isEnabled: hasSelection,
    run: withSelected((segmentId) => openWindow("trim", { segmentId })),
  },
  {
    id: "segment.retarget",
    title: "Move to another model…",
    section: "Segments",
    keys: ["Alt+M"],
    words: "retarget change switch provider successor",
    isEnabled: () => generatedIds().length > 0,
    run: () => openWindow("retarget"),
  },
  {
    id: "segment.prompt",
    title: "Edit the prompt",
    section: "Segments",
    keys: ["E"],
    words: "words write text",
    isEnabled: () => selectedSegment()?.media === null,
    run: focusPrompt,
  },
  {
    id: "segment.transition",
    title: "Transition to the next segment…",
    section: "Segments",
    keys: ["T"],
    words: "add change crossfade dissolve wipe cut",
    isEnabled: () => hasSelection() && selectedSegment()?.id !== segmentIds().at(-1),
    run: () => focusInspector("transition"),
  },
  {
    id: "segment.speed",
    title: "Speed of the segment…",
    section: "Segments",
    keys: [],
    words: "retime slow fast reverse freeze inspector",
    isEnabled: hasSelection,
    run: () => focusInspector("speed"),
  },
  {
    id: "segment.frame",
    title: "Framing of the segment…",
    section: "Segments",
    keys: [],
    words: "crop zoom pan fit position inspector",
    isEnabled: hasSelection,
    run: () => focusInspector("frame"),
  },
  {
    id: "segment.look",
    title: "Look of the segment…",
    section: "Segments",
    keys: [],
    words: "colour color grade lut filter inspector",
    isEnabled: hasSelection,
    run: () => focusInspector("look"),
  },
  {
    id: "segment.sound",
    title: "Sound of the segment…",
    section: "Segments",
    keys: [],
    words: "volume loudness fade audio inspector",
    isEnabled: hasSelection,
    run: () => focusInspector("sound"),
  },
];
