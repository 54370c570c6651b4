// Which theme the page shows, for what is painted and not styled.
import { useSyncExternalStore } from "react";

const root = () => document.documentElement;

function watch(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  observer.observe(root(), { attributes: true, attributeFilter: ["data-theme"] });
  return () => observer.disconnect();
}

export const useTheme = (): string =>
  useSyncExternalStore(watch, () => root().dataset.theme ?? "dark");
