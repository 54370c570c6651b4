// Dragging something out of the library onto the timeline. What it looks like under the pointer is
// drawn imperatively; where it would go, the timeline shows.
import { type PointerEvent, useEffect, useRef } from "react";
import { followPointer } from "@/lib/pointerDrag";
import { type Dragged, type DropPlace, useDropTarget } from "@/lib/store/dropTarget";

/** What answers to a press itself. */
const TAKEN = "button:not([data-drag])";

/** Whether something in a card answers to this itself. */
export const isTaken = ({ target }: { target: EventTarget }): boolean =>
  (target as Element).closest("button, [data-listen]") !== null;

/** A handler for pointerdown; `drop` hears where it was let go. A finger scrolls instead. */
export function useLibraryDrag(kind: Dragged, name: string, drop: (place: DropPlace) => void) {
  const stop = useRef<(() => void) | null>(null);
  const latest = useRef({ name, drop });
  latest.current = { name, drop };
  useEffect(() => () => stop.current?.(), []);

  return (event: PointerEvent<HTMLElement>): void => {
    if (event.pointerType === "touch" || (event.target as Element).closest(TAKEN)) return;
    const ghost = ghostOf(latest.current.name);
    let place: DropPlace | null = null;
    stop.current = followPointer(event, {
      begin: () => document.body.append(ghost),
      move: ({ x, y }) => {
        ghost.style.transform = `translate(${x + 12}px, ${y + 12}px)`;
        place = useDropTarget.getState().target?.hover(kind, x, y) ?? null;
        ghost.style.opacity = place === null ? "0.6" : "1";
      },
      end: (isDrop) => {
        ghost.remove();
        useDropTarget.getState().target?.leave();
        if (isDrop && place !== null) latest.current.drop(place);
      },
    });
  };
}

function ghostOf(name: string): HTMLElement {
  const ghost = document.createElement("div");
  ghost.dataset.libraryGhost = "";
  ghost.setAttribute("aria-hidden", "true");
  ghost.textContent = name;
  ghost.className =
    "pointer-events-none fixed top-0 left-0 z-[60] max-w-52 truncate rounded-md bg-accent px-2 py-1 text-xs font-medium text-accent-ink shadow-float";
  return ghost;
}
