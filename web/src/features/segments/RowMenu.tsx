// The button at the end of a segment's row, with everything that can be done to the segment.
import { MoreHorizontal } from "lucide-react";
import type { Segment } from "@/api/types";
import { cn } from "@/lib/cn";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { segmentMenu } from "./segmentMenu";

interface RowMenuProps {
  segment: Segment;
  count: number;
  /** Also while neither pointer nor focus is on the row. */
  isShown: boolean;
}

export function RowMenu({ segment, count, isShown }: RowMenuProps) {
  return (
    <Menu items={segmentMenu(segment, count)}>
      <IconButton
        label={`More for segment ${segment.order_index + 1}`}
        onPointerDown={(event) => event.stopPropagation()}
        className={cn(
          "m-1 size-7 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-100",
          isShown && "opacity-100",
        )}
      >
        <MoreHorizontal />
      </IconButton>
    </Menu>
  );
}
