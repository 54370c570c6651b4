// Commands about the selected segment: its place, its length, its fields.
import { moveSegmentBy } from "@/lib/actions/moveSegmentBy";
import { moveSegmentTo } from "@/lib/actions/moveSegmentTo";
import type { Command } from "./command";
import { focusPrompt } from "./focus";
import { generatedIds, hasSelection, segmentIds, selectedSegment } from "./selected";
import { openWindow } from "./windows";

const place = () => selectedSegment()?.order_index ?? 0;
const canMoveEarlier = () => hasSelection() && place() > 0;
const canMoveLater = () => hasSelection() && place() < segmentIds().length - 1;

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
    run: withSelected((id) => void moveSegmentBy(id, -1)),
  },
  {
    id: "segment.later",
    title: "Move later",
    section: "Segments",
    keys: ["Alt+ArrowRight"],
    words: "reorder right down swap",
    isRepeating: true,
    isEnabled: canMoveLater,
    run: withSelected((id) => void moveSegmentBy(id, 1)),
  },
  {
    id: "segment.first",
    title: "Move to the start",
    section: "Segments",
    keys: ["Alt+Home"],
    words: "reorder first",
    isEnabled: canMoveEarlier,
    run: withSelected((id) => void moveSegmentTo(id, 0)),
  },
  {
    id: "segment.last",
    title: "Move to the end",
    section: "Segments",
    keys: ["Alt+End"],
    words: "reorder",
    isEnabled: canMoveLater,
    run: withSelected((id) => void moveSegmentTo(id, segmentIds().length - 1)),
  },
  {
    id: "segment.moveTo",
    title: "Move to position…",
    section: "Segments",
    keys: ["Alt+P"],
    words: "reorder number place",
    isEnabled: () => hasSelection() && segmentIds().length > 1,
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
];
