// What a component on screen knows of a clip's filmstrip and peaks.
import { useEffect } from "react";
import type { Previews } from "@/api/previews";
import { usePreviews, wantPeaks, wantPreviews } from "../previews";

/** Asks for the previews of a digest while the component is on screen; null until they are known. */
export function usePreview(digest: string | null): Previews | null {
  useEffect(() => (digest === null ? undefined : wantPreviews(digest)), [digest]);
  return usePreviews((state) => (digest === null ? null : (state.known[digest] ?? null)));
}

/** The peaks at an address; null until they are here. */
export function usePeaks(url: string | null): ArrayBuffer | null {
  useEffect(() => {
    if (url !== null) wantPeaks(url);
  }, [url]);
  return usePreviews((state) => (url === null ? null : (state.peaks[url] ?? null)));
}
