// What floats over the strip while the pointer does something: the line of a snap, the line under the
// pointer, and a word on what a drag is doing. Written many times a second, so never through React.
import { create } from "zustand";

interface Hud {
  /** Px of the edge that something jumped to. */
  guide: number | null;
  /** Px under the pointer while nothing is pressed. */
  skim: number | null;
  /** A word beside px `x` of the strip. */
  note: { x: number; text: string } | null;
}

const NOTHING: Hud = { guide: null, skim: null, note: null };

export const useHud = create<Hud>(() => NOTHING);

export const showHud = (hud: Partial<Hud>): void => useHud.setState(hud);
export const clearHud = (): void => useHud.setState(NOTHING);
