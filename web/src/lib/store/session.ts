// What this browser tab looks at: selection, panels and zoom. Never saved, never undone.
import { create } from "zustand";

export type PreviewTab = "clip" | "film";

interface SessionState {
  selectedId: string | null;
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
  previewTab: "clip",
  renderId: null,
  isPlanOpen: false,
  zoom: null,
  zoomBy: null,
  isLive: true,
  announcement: "",
}));

export function select(segmentId: string | null): void {
  useSession.setState({ selectedId: segmentId, previewTab: "clip" });
}

export function showFilm(renderId: string | null): void {
  useSession.setState({ previewTab: "film", renderId });
}

export function announce(announcement: string): void {
  useSession.setState({ announcement });
}

export const ZOOM_STEP = 1.4;

export const zoomBy = (factor: number): void => useSession.getState().zoomBy?.(factor);
