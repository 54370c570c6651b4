// How the focus came to where it is. Browsers tell it by :focus-visible only until the next key, whatever
// that was for; here it stays true until the focus moves.

/** What has the focus because it was clicked or touched. */
let pointed: EventTarget | null = null;
let isPointing = false;

const onPointerDown = ({ target }: PointerEvent) => {
  isPointing = true;
  const focused = document.activeElement;
  if (focused !== document.body && focused?.contains(target as Node)) pointed = focused;
};
const onKeyDown = () => {
  isPointing = false;
};
const onFocusIn = ({ target }: FocusEvent) => {
  pointed = isPointing ? target : null;
};

/** Follows the focus. Returns how to stop. */
export function followFocus(): () => void {
  const early = { capture: true };
  window.addEventListener("pointerdown", onPointerDown, early);
  window.addEventListener("keydown", onKeyDown, early);
  window.addEventListener("focusin", onFocusIn, early);
  return () => {
    pointed = null;
    window.removeEventListener("pointerdown", onPointerDown, early);
    window.removeEventListener("keydown", onKeyDown, early);
    window.removeEventListener("focusin", onFocusIn, early);
  };
}

/** Whether this element has the focus, and not by the keyboard. */
export const hasPointedFocus = (element: EventTarget | null): boolean =>
  element !== null && element === pointed;
