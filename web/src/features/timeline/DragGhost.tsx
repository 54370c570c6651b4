// What hangs under the pointer while clips are dragged.
import type { RefObject } from "react";
import type { Segment } from "@/api/types";
import type { ClipDrag } from "./useClipDrag";

interface DragGhostProps {
  ghost: RefObject<HTMLDivElement | null>;
  drag: ClipDrag | null;
  segments: readonly Segment[];
}

export function DragGhost({ ghost, drag, segments }: DragGhostProps) {
  const first = segments.find(({ id }) => id === drag?.ids[0]);
  return (
    <div
      ref={ghost}
      aria-hidden
      hidden={drag === null}
      data-ghost
      className="pointer-events-none fixed top-0 left-0 z-50"
    >
      {first && (
        <div className="mt-3 ml-3 flex h-11 max-w-60 items-center gap-2 overflow-hidden rounded-lg border border-accent bg-raised pr-3 shadow-float">
          {first.thumbnail_url && (
            <img src={first.thumbnail_url} alt="" className="h-full w-16 shrink-0 object-cover" />
          )}
          <span className="min-w-0 truncate pl-1 text-xs">
            {drag && drag.ids.length > 1
              ? `${drag.ids.length} segments`
              : `${first.order_index + 1} ${first.prompt}`}
          </span>
        </div>
      )}
    </div>
  );
}
