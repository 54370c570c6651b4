// How loud a clip or sound is along its time, as soon as the server has measured it.
import { useMemo } from "react";
import type { Loudness } from "@/engine/waveform";
import { usePeaks, usePreview } from "./usePreview";

/** Null while it is not known, and for what has no sound. */
export function useLoudness(digest: string | null): Loudness | null {
  const waveform = usePreview(digest)?.waveform ?? null;
  const file = usePeaks(waveform?.state === "ready" ? waveform.url : null);
  const levels = waveform?.levels;
  return useMemo(
    () => (file === null || levels === undefined ? null : { file, levels }),
    [file, levels],
  );
}
