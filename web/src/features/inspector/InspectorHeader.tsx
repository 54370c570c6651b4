// Which segment the inspector shows, its state and its commands.
import { MoreHorizontal } from "lucide-react";
import type { Segment } from "@/api/types";
import { clipState, segmentSeconds } from "@/engine/clipState";
import { shortSeconds } from "@/engine/timecode";
import { STATE_LOOK } from "@/lib/stateLook";
import { Badge } from "@/ui/Badge";
import { IconButton } from "@/ui/IconButton";
import { Menu, type MenuItem } from "@/ui/Menu";

export function InspectorHeader({
  segment,
  menu,
}: {
  segment: Segment;
  menu: readonly MenuItem[];
}) {
  const look = STATE_LOOK[clipState(segment)];
  return (
    <header className="flex h-11 shrink-0 items-center gap-2 pr-2 pl-4">
      <h2 className="font-semibold">Segment {segment.order_index + 1}</h2>
      <Badge tone={look.tone}>
        {look.icon}
        {look.label}
      </Badge>
      <span className="flex-1 text-right text-xs text-faint tabular-nums">
        {shortSeconds(segmentSeconds(segment))}
      </span>
      <Menu items={menu}>
        <IconButton label="More for this segment">
          <MoreHorizontal />
        </IconButton>
      </Menu>
    </header>
  );
}
