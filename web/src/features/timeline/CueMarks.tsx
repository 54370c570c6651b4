// When each caption of a file is shown.
import { type ClipLayout, timeToX } from "@/engine/clipLayout";
import { cuesIn } from "@/engine/cues";
import { wordsIn } from "@/engine/items";
import type { PlacedItem } from "@/lib/hooks/usePlacedItems";

interface CueMarksProps {
  placed: PlacedItem;
  layout: ClipLayout;
  /** Px of the bar on the strip. */
  left: number;
}

const MOST = 2000;

export function CueMarks({ placed, layout, left }: CueMarksProps) {
  const cues = cuesIn(wordsIn(placed.item.fields, "captions")).slice(0, MOST);
  return cues.map((cue) => {
    const from = timeToX(layout, cue.start);
    return (
      <span
        key={`${cue.start}-${cue.text}`}
        aria-hidden
        className="absolute inset-y-0 bg-accent/15"
        style={{ left: from - left, width: Math.max(1, timeToX(layout, cue.end) - from - 1) }}
      />
    );
  });
}
