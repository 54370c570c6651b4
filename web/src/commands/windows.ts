// Which of the windows that commands open are open, one over the other, and what the topmost is about.
// Their looks live in features.
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
  /** The topmost. */
  name: WindowName | null;
  /** Those under it, the lowest first: what is done in them waits there. */
  below: readonly WindowName[];
  /** Segment that it is about, where it is about one. */
  segmentId: string | null;
  /** How many takes are asked for. */
  count: number;
}

const NONE: OpenWindow = { name: null, below: [], segmentId: null, count: 1 };

export const useWindow = create<OpenWindow>(() => NONE);

/** Another project is opened: none of them is about it. */
export const closeWindows = (): void => useWindow.setState(NONE);

/** Opens a window over whatever is open. */
export const openWindow = (name: WindowName, about: Partial<OpenWindow> = {}): void =>
  useWindow.setState((top) => ({
    ...NONE,
    ...about,
    name,
    below: [...top.below, ...(top.name === null ? [] : [top.name])].filter((one) => one !== name),
  }));

/** Closes the topmost; the one under it comes to the fore. */
export const closeWindow = (): void =>
  useWindow.setState(({ below }) => ({
    ...NONE,
    name: below.at(-1) ?? null,
    below: below.slice(0, -1),
  }));
