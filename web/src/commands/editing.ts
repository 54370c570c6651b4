// Commands that change what is on the timeline as a whole: trims at the playhead, deleting, copying.
import { canTrim } from "@/engine/clipTime";
import { redo } from "@/lib/actions/redo";
import { undo } from "@/lib/actions/undo";
import { splitAt } from "@/lib/clipboard/atPlayhead";
import { canCopy, copyToSystem, cutToSystem, hasClipboard, paste } from "@/lib/clipboard/clipboard";
import type { PlacedItem } from "@/lib/placedItem";
import { lookAt, useCandidate } from "@/lib/store/candidate";
import { useHistory } from "@/lib/store/history";
import {
  selectAll,
  selectedInOrder,
  selectItem,
  selectMany,
  useSession,
} from "@/lib/store/session";
import type { Command } from "./command";
import { deleteSelection, duplicateSelection, trimToPlayhead } from "./edits";
import { atPlayhead, itemAtPlayhead, segmentIds } from "./selected";

const hasItem = () => useSession.getState().selectedItemId !== null;
const hasSomething = () => hasItem() || selectedInOrder().length > 0;

/** Tools work on what the inspector shows: with a title or a sound chosen, the clip under it stays. */
const canSplitHere = () => !hasItem() && atPlayhead() !== null;
const canTrimHere = () => {
  if (hasItem()) return canTrimItem(itemAtPlayhead());
  const at = atPlayhead();
  return at !== null && canTrim(at.segment);
};
/** Captions begin and end with their words. */
const canTrimItem = (placed: PlacedItem | null) =>
  placed !== null && placed.item.kind !== "caption";

const canNarrow = () =>
  useCandidate.getState().take !== null || hasItem() || selectedInOrder().length > 1;

/** From a take that is looked at back to the cut, from the item to its segment, from many to one. */
function narrow(): void {
  if (useCandidate.getState().take !== null) return lookAt(null);
  const { selectedItemId, selectedId } = useSession.getState();
  if (selectedItemId !== null) selectItem(null);
  else if (selectedId !== null) selectMany([selectedId]);
}

export const EDITING: readonly Command[] = [
  {
    id: "edit.undo",
    title: "Undo",
    section: "Edit",
    keys: ["Mod+Z"],
    words: "take back",
    isRepeating: true,
    isEnabled: () => useHistory.getState().canUndo,
    run: undo,
  },
  {
    id: "edit.redo",
    title: "Redo",
    section: "Edit",
    keys: ["Mod+Shift+Z", "Mod+Y"],
    words: "again forward",
    isRepeating: true,
    isEnabled: () => useHistory.getState().canRedo,
    run: redo,
  },
  {
    id: "edit.split",
    title: "Split at the playhead",
    section: "Edit",
    isCutting: true,
    keys: ["S", "Mod+K"],
    words: "cut blade razor divide",
    isEnabled: canSplitHere,
    run: () => splitAt(),
  },
  {
    id: "edit.trimStart",
    title: "Trim the start to the playhead",
    section: "Edit",
    isCutting: true,
    keys: ["Q"],
    words: "ripple cut left",
    isEnabled: canTrimHere,
    run: () => trimToPlayhead("start"),
  },
  {
    id: "edit.trimEnd",
    title: "Trim the end to the playhead",
    section: "Edit",
    isCutting: true,
    keys: ["W"],
    words: "ripple cut right",
    isEnabled: canTrimHere,
    run: () => trimToPlayhead("end"),
  },
  {
    id: "edit.delete",
    title: "Delete and close the gap",
    section: "Edit",
    isCutting: true,
    keys: ["Delete", "Backspace"],
    words: "remove ripple",
    isEnabled: hasSomething,
    run: () => void deleteSelection(),
  },
  {
    id: "edit.duplicate",
    title: "Duplicate",
    section: "Edit",
    isCutting: true,
    keys: ["Mod+D"],
    words: "copy clone repeat",
    isEnabled: hasSomething,
    run: duplicateSelection,
  },
  {
    id: "edit.copy",
    title: "Copy",
    section: "Edit",
    keys: ["Mod+C"],
    nativeKeys: ["Mod+C"],
    words: "clipboard",
    isEnabled: canCopy,
    run: copyToSystem,
  },
  {
    id: "edit.cut",
    title: "Cut",
    section: "Edit",
    isCutting: true,
    keys: ["Mod+X"],
    nativeKeys: ["Mod+X"],
    words: "clipboard remove",
    isEnabled: canCopy,
    run: cutToSystem,
  },
  {
    id: "edit.paste",
    title: "Paste",
    section: "Edit",
    isCutting: true,
    keys: ["Mod+V"],
    nativeKeys: ["Mod+V"],
    words: "clipboard insert after the selection at the playhead",
    isEnabled: hasClipboard,
    run: () => void paste(),
  },
  {
    id: "edit.selectAll",
    title: "Select all segments",
    section: "Edit",
    keys: ["Mod+A"],
    isEnabled: () => segmentIds().length > 0,
    run: selectAll,
  },
  {
    id: "edit.deselect",
    title: "Select less",
    section: "Edit",
    keys: ["Escape"],
    words: "clear selection none",
    isEnabled: canNarrow,
    run: narrow,
  },
];
