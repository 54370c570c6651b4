// Which of the windows that commands open is open, and what it is about. Their looks live in features.
import { create } from "zustand";

export type WindowName =
  | "palette"
  | "shortcuts"
  | "settings"
  | "deliver"
  | "export"
  | "move-to"
  | "trim"
  | "retarget"
  | "generate-changed"
  | "new-takes";

interface OpenWindow {
  name: WindowName | null;
  /** Segment that it is about, where it is about one. */
  segmentId: string | null;
  /** How many takes are asked for. */
  count: number;
}

const NONE: OpenWindow = { name: null, segmentId: null, count: 1 };

export const useWindow = create<OpenWindow>(() => NONE);

export const openWindow = (name: WindowName, about: Partial<OpenWindow> = {}): void =>
  useWindow.setState({ ...NONE, ...about, name });

export const closeWindow = (): void => useWindow.setState(NONE);
