// What a component on the screen can carry out for a command, such as starting a render: it registers
// itself here while it is there. Commands that need no component never come here.
import { useEffect } from "react";
import { create } from "zustand";

const useHandlers = create<Readonly<Record<string, () => void>>>(() => ({}));

export const hasHandler = (id: string): boolean => useHandlers.getState()[id] !== undefined;

export const callHandler = (id: string): void => useHandlers.getState()[id]?.();

/** Carries out command `id` while the component is mounted; null while it cannot. */
export function useHandler(id: string, run: (() => void) | null): void {
  useEffect(() => {
    if (run === null) return;
    useHandlers.setState({ [id]: run });
    return () => useHandlers.setState(({ [id]: _gone, ...rest }) => rest, true);
  }, [id, run]);
}
