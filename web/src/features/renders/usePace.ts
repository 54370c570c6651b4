// The pace of the render that is on screen, measured while it is watched.
import { useEffect, useState } from "react";
import type { RenderJob } from "@/api/types";
import { type Sample, secondsLeft, withSample } from "./pace";

/** Seconds until the picture of this render is encoded; null while nobody can say. */
export function usePace(job: RenderJob): number | null {
  const [samples, setSamples] = useState<Sample[]>([]);
  const { id, seconds_done: done } = job;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another render begins anew
  useEffect(() => setSamples([]), [id]);
  useEffect(() => {
    if (done !== null) setSamples((old) => withSample(old, { at: Date.now(), done }));
  }, [done]);
  return secondsLeft(samples, job.seconds_total, Date.now());
}
