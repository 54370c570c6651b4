// Putting off what a click leads to until the page has shown that it was clicked.

/** Once the page has shown what it has to show now. */
export const afterPaint = (run: () => void): void => {
  requestAnimationFrame(() => setTimeout(run));
};
