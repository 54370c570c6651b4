// The film along its time, at the bottom of the editor.
import type { Segment } from "@/api/types";
import type { Item } from "@/lib/itemRequests";
import { useDocument } from "@/lib/store/document";
import type { MenuItem } from "@/ui/Menu";
import { Strip } from "./Strip";

interface TimelineProps {
  menuFor: (segment: Segment, count: number) => MenuItem[];
  menuOfItem: (item: Item) => MenuItem[];
}

export function Timeline(menus: TimelineProps) {
  const isEmpty = useDocument((state) => state.project?.segments.length === 0);
  return isEmpty ? <EmptyTimeline /> : <Strip {...menus} />;
}

function EmptyTimeline() {
  return (
    <section aria-label="Timeline" className="flex h-full items-center justify-center">
      <p className="text-xs text-faint">Your clips line up here.</p>
    </section>
  );
}
