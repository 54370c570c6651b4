// The signs on all cuts that are in sight, and their menu.
import { Blend, Waypoints } from "lucide-react";
import { type MouseEvent, useState } from "react";
import type { Segment } from "@/api/types";
import { whyNotBridged } from "@/commands/bridge";
import { type ClipLayout, leftOf, timeToX, widthOf } from "@/engine/clipLayout";
import type { FilmLayout } from "@/engine/filmLayout";
import { shortSeconds } from "@/engine/timecode";
import { bridgeSegments } from "@/lib/actions/bridgeSegments";
import { useVocabulary } from "@/lib/queries";
import { selectTransition } from "@/lib/store/session";
import { type MenuItem, RightClickMenu } from "@/ui/Menu";
import { TransitionMark } from "./TransitionMark";

interface CutsProps {
  segments: readonly Segment[];
  film: FilmLayout;
  layout: ClipLayout;
  /** First and last clip in sight. */
  first: number;
  last: number;
  selectedId: string | null;
}

/** Between narrower clips only transitions that are there are shown, not ways to add one. */
const ROOM_FOR_PLUS_PX = 48;

export function Cuts({ segments, film, layout, first, last, selectedId }: CutsProps) {
  const nameOf = useTransitionNames();
  const [menuId, setMenuId] = useState<string | null>(null);
  const onContextMenu = ({ target }: MouseEvent) =>
    setMenuId((target as Element).closest<HTMLElement>("[data-cut]")?.dataset.cut ?? null);
  return (
    <RightClickMenu items={menuId === null ? [] : cutMenu(menuId)}>
      <fieldset
        aria-label="Cuts"
        onContextMenu={onContextMenu}
        className="pointer-events-none absolute inset-0 z-10"
      >
        {segments.slice(first, Math.min(last + 1, segments.length - 1)).map((segment, offset) => {
          const index = first + offset;
          const next = film.start[index + 1] ?? 0;
          const room = Math.min(widthOf(layout, index), widthOf(layout, index + 1));
          return (
            (segment.transition !== null || room >= ROOM_FOR_PLUS_PX) && (
              <TransitionMark
                key={segment.id}
                segmentId={segment.id}
                said={nameOf(segment)}
                isThere={segment.transition !== null}
                isSelected={segment.id === selectedId}
                cut={leftOf(layout, index + 1)}
                from={timeToX(layout, next)}
                to={timeToX(layout, next + (film.overlap[index] ?? 0))}
              />
            )
          );
        })}
      </fieldset>
    </RightClickMenu>
  );
}

/** What can be done with the cut after a segment. */
const cutMenu = (segmentId: string): MenuItem[] => [
  { label: "Transition…", icon: <Blend />, run: () => selectTransition(segmentId) },
  {
    label: "Bridge with a new segment",
    icon: <Waypoints />,
    isDisabled: whyNotBridged(segmentId) !== null,
    run: () => void bridgeSegments(segmentId),
  },
];

/** What is said of the cut after a segment. */
function useTransitionNames(): (segment: Segment) => string {
  const kinds = useVocabulary().data?.transitions;
  return ({ transition, order_index: at }) => {
    if (transition === null) return `Add a transition after segment ${at + 1}`;
    const label = kinds?.find(({ name }) => name === transition.kind)?.label ?? transition.kind;
    return `${label}, ${shortSeconds(transition.duration ?? 0.5)}, after segment ${at + 1}`;
  };
}
