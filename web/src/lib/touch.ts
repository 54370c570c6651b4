// When the person last did something on the page: pressed, typed or scrolled. Moving the pointer counts for
// nothing.

let last = 0;
const note = () => {
  last = performance.now();
};
for (const type of ["pointerdown", "keydown", "input", "wheel"])
  globalThis.addEventListener?.(type, note, { capture: true, passive: true });

/** `moment`: on the clock of `performance`. */
export const touchedSince = (moment: number): boolean => last > moment;
