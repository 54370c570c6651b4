// Dark, light, or as the system says; remembered in this browser.
import { create } from "zustand";

export type Theme = "dark" | "light" | "system";

const KEY = "video-foundry.theme";
const prefersLight = window.matchMedia("(prefers-color-scheme: light)");

export const useTheme = create<{ theme: Theme }>(() => ({ theme: remembered() }));

function remembered(): Theme {
  const stored = localStorage.getItem(KEY);
  return stored === "light" || stored === "system" ? stored : "dark";
}

function show(): void {
  const { theme } = useTheme.getState();
  const isLight = theme === "light" || (theme === "system" && prefersLight.matches);
  document.documentElement.dataset.theme = isLight ? "light" : "dark";
}

export function setTheme(theme: Theme): void {
  localStorage.setItem(KEY, theme);
  useTheme.setState({ theme });
}

/** Dark where it is light, and light where it is dark. */
export const switchTheme = (): void =>
  setTheme(document.documentElement.dataset.theme === "light" ? "dark" : "light");

export function startTheme(): void {
  show();
  useTheme.subscribe(show);
  prefersLight.addEventListener("change", show);
}
