// How much picture is encoded, how fast it goes, and how long it still takes. Pure.

export interface Encoding {
  /** Seconds of picture to encode; null while nobody knows how long the film will be. */
  seconds_total: number | null;
  seconds_done: number | null;
}

/** What was done at a moment, in milliseconds. */
export interface Sample {
  at: number;
  done: number;
}

/** Older samples say little about the pace of now. */
const WINDOW_MS = 30_000;
/** Less time than this says nothing at all. */
const LEAST_MS = 1500;

/** Whether there is picture to encode still. */
export function isEncoding({ seconds_total: total, seconds_done: done }: Encoding): boolean {
  return total !== null && done !== null && done < total;
}

/** "14.2 of 36.0 s"; null where there is nothing to encode. */
export function encodedText({ seconds_total: total, seconds_done: done }: Encoding): string | null {
  if (total === null || done === null || total <= 0) return null;
  return `${Math.min(done, total).toFixed(1)} of ${total.toFixed(1)} s`;
}

/** The samples with one more; those before the last window, and those of another render, go. */
export function withSample(samples: readonly Sample[], next: Sample): Sample[] {
  const last = samples.at(-1);
  if (last !== undefined && next.done < last.done) return [next];
  if (last?.done === next.done) return [...samples];
  return [...samples.filter((one) => next.at - one.at <= WINDOW_MS), next];
}

/** Seconds until all of `total` is done at the pace of the samples; null while it has none. */
export function secondsLeft(
  samples: readonly Sample[],
  total: number | null,
  now: number,
): number | null {
  const first = samples[0];
  const last = samples.at(-1);
  if (total === null || first === undefined || last === undefined) return null;
  const milliseconds = last.at - first.at;
  const gained = last.done - first.done;
  if (milliseconds < LEAST_MS || gained <= 0) return null;
  const left = ((total - last.done) / gained) * milliseconds - (now - last.at);
  return Math.max(0, left / 1000);
}
