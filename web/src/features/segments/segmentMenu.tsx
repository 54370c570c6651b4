// The commands for one segment, the same in the segment list, on the timeline and in the inspector.
import {
  ArrowLeft,
  ArrowLeftRight,
  ArrowLeftToLine,
  ArrowRight,
  ArrowRightToLine,
  ClipboardPaste,
  Copy,
  CopyPlus,
  Hash,
  Lock,
  LockOpen,
  Scissors,
  Sparkles,
  SquareSplitHorizontal,
  Trash2,
  Waypoints,
} from "lucide-react";
import type { ReactNode } from "react";
import type { Segment } from "@/api/types";
import { whyNotBridged } from "@/commands/bridge";
import { NO_KEYS } from "@/commands/command";
import { keyText } from "@/commands/keySettings";
import { commandOf } from "@/commands/registry";
import { select, turnTo, useSession } from "@/lib/store/session";
import type { MenuItem } from "@/ui/Menu";

export function segmentMenu(segment: Segment, count: number): MenuItem[] {
  const { order_index: at } = segment;
  const isFirst = at === 0;
  const isLast = at === count - 1;
  const entry = (id: string, icon: ReactNode, rest: Partial<MenuItem> = {}): MenuItem => ({
    label: commandOf(id).title,
    icon,
    keys: () => keyText(id),
    run: () => runFor(segment.id, id),
    ...rest,
  });
  return [
    ...takeEntries(segment, entry),
    entry("segment.earlier", <ArrowLeft />, { isDisabled: isFirst, startsGroup: true }),
    entry("segment.later", <ArrowRight />, { isDisabled: isLast }),
    entry("segment.first", <ArrowLeftToLine />, { isDisabled: isFirst }),
    entry("segment.last", <ArrowRightToLine />, { isDisabled: isLast }),
    entry("segment.moveTo", <Hash />, { isDisabled: count < 2 }),
    entry("segment.trim", <SquareSplitHorizontal />, { startsGroup: true }),
    entry("segment.bridge", <Waypoints />, { isDisabled: whyNotBridged(segment.id) !== null }),
    entry("edit.duplicate", <CopyPlus />),
    entry("edit.copy", <Copy />),
    entry("edit.cut", <Scissors />),
    entry("edit.paste", <ClipboardPaste />),
    entry("edit.delete", <Trash2 />, { label: "Delete", isDanger: true, startsGroup: true }),
  ];
}

type Entry = (id: string, icon: ReactNode, rest?: Partial<MenuItem>) => MenuItem;

/** Own footage has no takes. */
function takeEntries(segment: Segment, entry: Entry): MenuItem[] {
  if (segment.media !== null) return [];
  const [icon, label] = segment.pinned
    ? [<LockOpen key="open" />, "Unlock the take"]
    : [<Lock key="lock" />, "Lock the take"];
  return [
    entry("take.new", <Sparkles />),
    entry("take.four", <Sparkles />),
    entry("take.lock", icon, { label, isDisabled: segment.take_id === null }),
    entry("segment.retarget", <ArrowLeftRight />),
  ];
}

/** Commands work on the selection: the segment of the menu is its primary one, or becomes all of it. */
function runFor(segmentId: string, id: string): void {
  const { selectedIds, selectedItemId } = useSession.getState();
  if (selectedItemId !== null || !selectedIds.includes(segmentId)) select(segmentId);
  else turnTo(segmentId);
  const command = commandOf(id);
  if (command.isEnabled?.() !== false) command.run(NO_KEYS);
}
