// Runs something once things have been quiet for a while, or have been noisy for too long.

export interface Debounced {
  (): void;
  cancel: () => void;
  /** Whether a run is waiting. */
  isWaiting: () => boolean;
}

/** Waits for `ms` of quiet, but never longer than `maxMs` after the first call. */
export function debounce(run: () => void, ms: number, maxMs = Infinity): Debounced {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let since = 0;
  const call = () => {
    const now = Date.now();
    if (timer === undefined) since = now;
    clearTimeout(timer);
    timer = setTimeout(
      () => {
        timer = undefined;
        run();
      },
      Math.min(ms, Math.max(0, since + maxMs - now)),
    );
  };
  const cancel = () => {
    clearTimeout(timer);
    timer = undefined;
  };
  return Object.assign(call, { cancel, isWaiting: () => timer !== undefined });
}
