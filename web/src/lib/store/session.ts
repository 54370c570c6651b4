// What this browser tab looks at: selection, panels and zoom. Never saved, never undone.
import { flushSync } from "react-dom";
import { create, type StateCreator } from "zustand";
import { inOrder, only, ranged, type Selection, surviving, toggled } from "@/engine/selection";
import { useDocument } from "./document";

export type PreviewTab = "clip" | "film";
/** What the library on the left lists. */
export type ListTab = "shots" | "media" | "text" | "audio";
/** What the inspector shows of a segment. */
export type InspectorTab = "about" | "transition" | "speed" | "frame" | "look" | "sound";

/** What a click on the timeline does. */
export type MainTool = "select" | "split";

interface SessionState {
  /** The primary selection, the last one touched: what the inspector and the preview show. */
  selectedId: string | null;
  /** All chosen segments, in the order in which they were chosen; `selectedId` is among them. */
  selectedIds: readonly string[];
  /** Where a range of the selection starts. */
  anchorId: string | null;
  /** What lies beside the segments and is looked at in their place; null for none. */
  selectedItemId: string | null;
  /** Whether the inspector shows what is chosen already, not only once the rest of the page does. */
  isInspected: boolean;
  listTab: ListTab;
  inspectorTab: InspectorTab;
  previewTab: PreviewTab;
  /** The film in the preview; null means the newest finished one. */
  renderId: string | null;
  isPlanOpen: boolean;
  /** Px per second on the timeline; null fits the whole film into the width. */
  zoom: number | null;
  /** Zooms the timeline on screen by a factor. */
  zoomBy: ((factor: number) => void) | null;
  /** Whether what is dragged on the timeline jumps to what is near. */
  isSnapping: boolean;
  mainTool: MainTool;
  isLive: boolean;
  /** Read aloud by screen readers. */
  announcement: string;
  /** How often something was announced: the same words are read again, too. */
  announcements: number;
}

/**
 * Keeps the primary selection among the chosen, whoever sets it alone; what is chosen anew is not
 * inspected yet.
 */
const keepingTogether =
  (init: StateCreator<SessionState>): StateCreator<SessionState> =>
  (set, get, api) => {
    const raw = api.setState;
    const together = (change: Partial<SessionState>) => {
      const isAnew = change.selectedId !== undefined || change.selectedItemId !== undefined;
      const told = isAnew ? { ...change, isInspected: false } : change;
      return told.selectedId === undefined || told.selectedIds !== undefined
        ? told
        : { ...told, selectedIds: only(told.selectedId).ids, anchorId: told.selectedId };
    };
    api.setState = ((part: Partial<SessionState> | ((state: SessionState) => object)) =>
      raw((state) => together(typeof part === "function" ? part(state) : part))) as typeof raw;
    return init(set, get, api);
  };

/** Where looking at a project begins. */
const UNSEEN = {
  selectedId: null,
  selectedIds: [],
  anchorId: null,
  selectedItemId: null,
  isInspected: false,
  listTab: "shots",
  inspectorTab: "about",
  previewTab: "clip",
  renderId: null,
  isPlanOpen: false,
  zoom: null,
} as const satisfies Partial<SessionState>;

export const useSession = create<SessionState>(
  keepingTogether(() => ({
    ...UNSEEN,
    zoomBy: null,
    isSnapping: true,
    mainTool: "select",
    isLive: true,
    announcement: "",
    announcements: 0,
  })),
);

/** Another project is opened: nothing of what was looked at before is kept but the tools. */
export function resetSession(selectedId: string | null): void {
  useSession.setState(UNSEEN);
  select(selectedId);
}

export function select(segmentId: string | null): void {
  useSession.setState({ selectedId: segmentId, selectedItemId: null, previewTab: "clip" });
}

/** Has the inspector show what is chosen before this returns: for whoever goes there by key. */
export const inspectNow = (): void => flushSync(() => useSession.setState({ isInspected: true }));

/** Adds a segment to the selection, or takes it out. */
export const toggleSelect = (id: string): void => choose(toggled(selection(), id));

/** Turns to one of the selected segments; the others stay selected. */
export function turnTo(id: string): void {
  const { selectedIds, anchorId } = useSession.getState();
  choose({ primary: id, ids: selectedIds, anchor: anchorId });
}

/** Selects everything from where the selection began to this segment. */
export const selectRange = (id: string): void => choose(ranged(selection(), id, allIds()));

export function selectAll(): void {
  const ids = allIds();
  const { selectedId } = useSession.getState();
  const primary = selectedId !== null && ids.includes(selectedId) ? selectedId : ids[0];
  if (primary === undefined) return;
  choose({ primary, ids, anchor: primary });
  announce(`${ids.length} segments selected`);
}

/** Selects exactly these; the last one is the primary. None keeps the primary alone. */
export function selectMany(ids: readonly string[]): void {
  const primary = ids.at(-1) ?? null;
  if (primary !== null) choose({ primary, ids, anchor: ids[0] ?? primary });
}

/** The chosen segments that are still there, in the order of the film. */
export const selectedInOrder = (): string[] => inOrder(useSession.getState().selectedIds, allIds());

/** What is moved with a segment: all that is chosen where it is one of them, in the order of the film. */
export function chosenWith(id: string): string[] {
  const chosen = selectedInOrder();
  return chosen.includes(id) ? chosen : [id];
}

const idsOf = (things: readonly { id: string }[] = []): string[] => things.map(({ id }) => id);

const allIds = (): string[] => idsOf(useDocument.getState().project?.segments);

function selection(): Selection {
  const { selectedId, selectedIds, anchorId } = useSession.getState();
  return { primary: selectedId, ids: selectedIds, anchor: anchorId };
}

function choose({ primary, ids, anchor }: Selection): void {
  useSession.setState({
    selectedId: primary,
    selectedIds: ids,
    anchorId: anchor,
    selectedItemId: null,
    previewTab: "clip",
  });
}

/** Shows a segment in the preview; what the inspector shows beside segments stays there. */
export function watch(segmentId: string): void {
  useSession.setState({ selectedId: segmentId, previewTab: "clip" });
}

/** Shows an item in the inspector and in its list; the segment before stays in the preview. */
export function selectItem(itemId: string | null): void {
  const kind = useDocument.getState().items.find(({ id }) => id === itemId)?.kind;
  const listTab = kind === "audio" ? "audio" : "text";
  useSession.setState({ selectedItemId: itemId, ...(kind !== undefined && { listTab }) });
}

/** Shows what leads out of a segment. */
export function selectTransition(segmentId: string): void {
  select(segmentId);
  useSession.setState({ inspectorTab: "transition" });
}

export function showFilm(renderId: string | null): void {
  useSession.setState({ previewTab: "film", renderId });
}

export function announce(announcement: string): void {
  useSession.setState(({ announcements }) => ({ announcement, announcements: announcements + 1 }));
}

/** Switches snapping on or off. */
export function toggleSnapping(): void {
  const isSnapping = !useSession.getState().isSnapping;
  useSession.setState({ isSnapping });
  announce(isSnapping ? "Snapping is on" : "Snapping is off");
}

export const ZOOM_STEP = 1.4;

export const zoomBy = (factor: number): void => useSession.getState().zoomBy?.(factor);

// Undo, redo and other people take away what is chosen here, just as deleting does.
useDocument.subscribe(({ project, items }, before) => {
  if (project === null || project.id !== before.project?.id) return;
  if (items !== before.items) dropItem(items);
  if (project.segments !== before.project.segments)
    dropSegments(idsOf(before.project.segments), idsOf(project.segments));
});

function dropItem(items: readonly { id: string }[]): void {
  const { selectedItemId } = useSession.getState();
  const isThere = selectedItemId === null || items.some(({ id }) => id === selectedItemId);
  if (!isThere) useSession.setState({ selectedItemId: null });
}

function dropSegments(before: readonly string[], now: readonly string[]): void {
  const chosen = selection();
  const { primary, ids, anchor } = surviving(chosen, before, now);
  if (ids !== chosen.ids)
    useSession.setState({ selectedId: primary, selectedIds: ids, anchorId: anchor });
}
