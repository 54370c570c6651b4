// What this browser tab looks at: selection, panels and zoom. Never saved, never undone.
import { create } from "zustand";

export type PreviewTab = "clip" | "film";
/** What the left panel lists. */
export type ListTab = "shots" | "items";
/** What the inspector shows of a segment. */
export type InspectorTab = "about" | "transition" | "speed" | "frame" | "look" | "sound";

interface SessionState {
  selectedId: string | null;
  /** What lies beside the segments and is looked at in their place; null for none. */
  selectedItemId: string | null;
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
  isLive: boolean;
  /** Read aloud by screen readers. */
  announcement: string;
}

export const useSession = create<SessionState>(() => ({
  selectedId: null,
  selectedItemId: null,
  listTab: "shots",
  inspectorTab: "about",
  previewTab: "clip",
  renderId: null,
  isPlanOpen: false,
  zoom: null,
  zoomBy: null,
  isLive: true,
  announcement: "",
}));

export function select(segmentId: string | null): void {
  useSession.setState({ selectedId: segmentId, selectedItemId: null, previewTab: "clip" });
}

/** Shows a segment in the preview; what the inspector shows beside segments stays there. */
export function watch(segmentId: string): void {
  useSession.setState({ selectedId: segmentId, previewTab: "clip" });
}

/** Shows an item in the inspector and in its list; the segment before stays in the preview. */
export function selectItem(itemId: string | null): void {
  const list = itemId === null ? {} : ({ listTab: "items" } as const);
  useSession.setState({ selectedItemId: itemId, ...list });
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
  useSession.setState({ announcement });
}

export const ZOOM_STEP = 1.4;

export const zoomBy = (factor: number): void => useSession.getState().zoomBy?.(factor);
