// Keys that work anywhere in the editor, except while something is being typed.
import { useEffect } from "react";
import { framesPerSecond } from "@/engine/frameRate";
import { neighbour } from "@/engine/order";
import { deleteSegment } from "@/lib/actions/deleteSegment";
import { duplicateSegment } from "@/lib/actions/duplicateSegment";
import { deleteItem } from "@/lib/actions/items";
import { moveSegmentBy } from "@/lib/actions/moveSegment";
import { openProject } from "@/lib/store/document";
import { toggleSound, usePlayer } from "@/lib/store/player";
import { select, useSession, ZOOM_STEP, zoomBy } from "@/lib/store/session";

type Command = (segmentId: string | null) => void;

/** A second in frames. */
const oneSecond = () => Math.round(framesPerSecond(openProject().settings.fps));

const player = () => usePlayer.getState().player;

const goBy =
  (delta: number): Command =>
  (id) =>
    select(
      neighbour(
        openProject().segments.map((segment) => segment.id),
        id,
        delta,
      ),
    );

/** What the inspector shows is what goes. */
function remove(segmentId: string | null): void {
  const { selectedItemId } = useSession.getState();
  if (selectedItemId !== null) void deleteItem(selectedItemId);
  else if (segmentId !== null) void deleteSegment(segmentId);
}

/** By physical key, so that other keyboard layouts and Alt combinations work alike. */
const COMMANDS: Readonly<Record<string, Command>> = {
  Space: () => player()?.toggle(),
  KeyK: () => player()?.toggle(),
  ArrowLeft: () => player()?.step(-1),
  ArrowRight: () => player()?.step(1),
  "Shift+ArrowLeft": () => player()?.step(-oneSecond()),
  "Shift+ArrowRight": () => player()?.step(oneSecond()),
  ArrowUp: goBy(-1),
  ArrowDown: goBy(1),
  "Alt+ArrowLeft": (id) => id && void moveSegmentBy(id, -1),
  "Alt+ArrowRight": (id) => id && void moveSegmentBy(id, 1),
  Delete: (id) => remove(id),
  Backspace: (id) => remove(id),
  "Mod+KeyD": (id) => id && void duplicateSegment(id),
  KeyM: toggleSound,
  KeyF: () => player()?.fullScreen(),
  Equal: () => zoomBy(ZOOM_STEP),
  Minus: () => zoomBy(1 / ZOOM_STEP),
  Backslash: () => useSession.setState({ zoom: null }),
};

export function useEditorKeys(): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || isElsewhere(event.target)) return;
      const command = COMMANDS[combination(event)];
      if (command === undefined || (event.code === "Space" && isControl(event.target))) return;
      event.preventDefault();
      command(useSession.getState().selectedId);
    };
    window.addEventListener("keydown", onKeyDown);
    return () => window.removeEventListener("keydown", onKeyDown);
  }, []);
}

function combination(event: KeyboardEvent): string {
  const isMod = event.ctrlKey || event.metaKey;
  return `${isMod ? "Mod+" : ""}${event.altKey ? "Alt+" : ""}${event.shiftKey ? "Shift+" : ""}${event.code}`;
}

/** Typing, and windows and menus that have keys of their own. */
function isElsewhere(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      "input, textarea, select, [contenteditable], [role=dialog], [role=menu], [role=combobox], [role=separator], [role=tablist]",
    ) !== null
  );
}

/** A button that Space would press. The clips of the timeline do not count: there Space plays. */
function isControl(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest("button, a, summary") !== null &&
    target.closest("[role=option]") === null
  );
}
