// The commands for one segment, the same in the segment list, on the timeline and in the inspector.
import {
  ArrowLeft,
  ArrowLeftToLine,
  ArrowRight,
  ArrowRightToLine,
  Copy,
  Trash2,
} from "lucide-react";
import type { Segment } from "@/api/types";
import { deleteSegment } from "@/lib/actions/deleteSegment";
import { duplicateSegment } from "@/lib/actions/duplicateSegment";
import { moveSegmentBy, moveSegmentTo } from "@/lib/actions/moveSegment";
import type { MenuItem } from "@/ui/Menu";

export function segmentMenu(segment: Segment, count: number): MenuItem[] {
  const { id, order_index: at } = segment;
  const isFirst = at === 0;
  const isLast = at === count - 1;
  return [
    {
      label: "Move earlier",
      icon: <ArrowLeft />,
      keys: "Alt ←",
      isDisabled: isFirst,
      run: () => void moveSegmentBy(id, -1),
    },
    {
      label: "Move later",
      icon: <ArrowRight />,
      keys: "Alt →",
      isDisabled: isLast,
      run: () => void moveSegmentBy(id, 1),
    },
    {
      label: "Move to start",
      icon: <ArrowLeftToLine />,
      isDisabled: isFirst,
      run: () => void moveSegmentTo(id, 0),
    },
    {
      label: "Move to end",
      icon: <ArrowRightToLine />,
      isDisabled: isLast,
      run: () => void moveSegmentTo(id, count - 1),
    },
    {
      label: "Duplicate",
      icon: <Copy />,
      keys: "Ctrl D",
      startsGroup: true,
      run: () => void duplicateSegment(id),
    },
    {
      label: "Delete",
      icon: <Trash2 />,
      keys: "Del",
      isDanger: true,
      startsGroup: true,
      run: () => void deleteSegment(id),
    },
  ];
}
