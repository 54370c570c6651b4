// The edges of a clip, to be dragged: 24 px to hit, 8 px to see. Keys and fields do the same elsewhere.
import { cn } from "@/lib/cn";

const HIT_PX = 24;
const FREE_MIDDLE_PX = 32;
/** Less than this within a clip that is not selected would be in the way. */
const LEAST_INSIDE_PX = 8;

interface TrimHandlesProps {
  width: number;
  isSelected: boolean;
}

/** Where a clip is too narrow, the handles of a selected one stand out of it. */
export function TrimHandles({ width, isSelected }: TrimHandlesProps) {
  const inside = Math.max(0, Math.min(HIT_PX, (width - FREE_MIDDLE_PX) / 2));
  if (!isSelected && inside < LEAST_INSIDE_PX) return null;
  const outside = isSelected ? HIT_PX - inside : 0;
  return (["start", "end"] as const).map((edge) => (
    <span
      key={edge}
      aria-hidden
      data-edge={edge}
      className="group/edge absolute inset-y-0 z-10 cursor-ew-resize touch-none"
      style={{ [edge === "start" ? "left" : "right"]: -outside, width: inside + outside }}
    >
      <span
        className={cn(
          "absolute inset-y-[26%] w-2 rounded-full border border-black/60 bg-white opacity-0 transition-opacity group-hover:opacity-60 group-hover/edge:opacity-100",
          isSelected && "opacity-80",
        )}
        style={{ [edge === "start" ? "left" : "right"]: outside + 3 }}
      />
    </span>
  ));
}
