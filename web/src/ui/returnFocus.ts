// Where the keyboard's focus goes when a window closes: back to where it was when the window opened.
// Our windows are opened by commands rather than by a button of their own, so nobody else knows.
import { useState } from "react";

/** The last element of the page that had the focus. A menu is gone once it was used, so it is none. */
let latest: HTMLElement | null = null;

document.addEventListener("focusin", ({ target }) => {
  if (target instanceof HTMLElement && target.closest('[role="menu"]') === null) latest = target;
});

/** For a component that lives as long as its window is open; called when the window has closed. */
export function useReturnFocus(): (event: Event) => void {
  // Asked before anything is on the page: a field of the window may take the focus at once.
  const [origin] = useState(() => latest);
  return (event) => {
    event.preventDefault();
    const { activeElement } = document;
    // What the window did may have moved the focus on, or opened the next window.
    const isFree = activeElement === null || activeElement === document.body;
    if (isFree && origin?.isConnected) origin.focus();
  };
}
