// Keeps the keyboard in a list when what it stood on is taken away, such as a row that was deleted: else the
// focus falls back to the page, and whoever has no pointer starts from its beginning.
import { type FocusEvent, useLayoutEffect, useRef } from "react";

interface Held {
  element: Element;
  root: Element;
  /** Of the list items of the root, the one that it stood in; -1 for none. */
  row: number;
}

/** What leads from a row to a menu about it leads back. */
const MENU = '[role="menu"]';

/**
 * Handlers for the element around the list, in the component that draws its rows. `heir`: what gets the
 * focus instead, by the root, the place that the row had in it, and what was taken away. It is not
 * scrolled to: who looks elsewhere goes on looking there.
 */
export function useFocusKept(
  heir: (root: Element, row: number, lost: Element) => HTMLElement | null | undefined,
): { onFocus: (event: FocusEvent) => void; onBlur: (event: FocusEvent) => void } {
  const held = useRef<Held | null>(null);
  // Whenever the list is drawn anew. What is taken away tells nobody that it had the focus.
  useLayoutEffect(() => {
    const { current: lost } = held;
    if (lost === null || lost.element.isConnected) return;
    held.current = null;
    const { root, row, element } = lost;
    const passOn = () => heir(root, row, element)?.focus({ preventScroll: true });
    requestAnimationFrame(() => isFree() && passOn());
  });
  const onFocus = ({ target, currentTarget }: FocusEvent) => {
    if (!currentTarget.contains(target)) return;
    const rows = [...currentTarget.querySelectorAll("li")];
    const row = rows.findIndex((one) => one.contains(target));
    held.current = { element: target, root: currentTarget, row };
  };
  const onBlur = ({ target, currentTarget, relatedTarget }: FocusEvent) => {
    const isLeft = currentTarget.contains(target) && relatedTarget?.closest(MENU) == null;
    if (isLeft) held.current = null;
  };
  return { onFocus, onBlur };
}

/** Nothing has the focus, or a menu that is about to close. */
function isFree(): boolean {
  const { activeElement } = document;
  return (
    activeElement === null ||
    activeElement === document.body ||
    activeElement.closest(MENU) !== null
  );
}
