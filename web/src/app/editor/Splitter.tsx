// The line between two panels: dragged, or moved with the arrow keys.
import { Separator } from "react-resizable-panels";
import { cn } from "@/lib/cn";

interface SplitterProps {
  axis: "x" | "y";
  label: string;
}

/** A hair wide to the eye, and wide enough for a hand. */
export function Splitter({ axis, label }: SplitterProps) {
  return (
    <Separator
      aria-label={label}
      className={cn(
        "relative z-10 bg-line outline-none after:absolute hover:bg-accent focus-visible:bg-accent focus-visible:outline-2 data-[separator=active]:bg-accent",
        axis === "x"
          ? "w-px after:inset-y-0 after:-left-[4px] after:w-[9px]"
          : "h-px after:inset-x-0 after:-top-[4px] after:h-[9px]",
      )}
    />
  );
}
