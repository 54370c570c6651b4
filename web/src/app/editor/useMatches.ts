// Whether a media query holds, kept up to date.
import { useSyncExternalStore } from "react";

export function useMatches(query: string): boolean {
  const subscribe = (onChange: () => void) => {
    const list = window.matchMedia(query);
    list.addEventListener("change", onChange);
    return () => list.removeEventListener("change", onChange);
  };
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches);
}
