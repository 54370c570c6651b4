// The previews of the clips in sight: asked for together, and again while they are being made.
import { create } from "zustand";
import { askPreviews, getPeaks, type PreviewKind, type Previews } from "@/api/previews";
import { debounce } from "./debounce";
import { vocabulary } from "./queries";
import { useDocument } from "./store/document";

interface PreviewsState {
  /** By digest; null: asked for, and nothing is known of it. */
  known: Readonly<Record<string, Previews | null>>;
  /** Peaks by their address. */
  peaks: Readonly<Record<string, ArrayBuffer>>;
}

export const usePreviews = create<PreviewsState>(() => ({ known: {}, peaks: {} }));

/** How many things on screen want each digest. */
const wanted = new Map<string, number>();
const KINDS: PreviewKind[] = ["sprite", "waveform"];
const AGAIN_MS = 2000;
let timer: ReturnType<typeof setTimeout> | undefined;

const askSoon = debounce(() => void askMissing(), 60, 300);

/** Says that a clip is on screen. Returns how to say that it no longer is. */
export function wantPreviews(digest: string): () => void {
  wanted.set(digest, (wanted.get(digest) ?? 0) + 1);
  if (!isSettled(usePreviews.getState().known[digest])) askSoon();
  return () => {
    const count = (wanted.get(digest) ?? 1) - 1;
    if (count > 0) wanted.set(digest, count);
    else wanted.delete(digest);
  };
}

/** Whether asking again would bring nothing new. */
function isSettled(previews: Previews | null | undefined): boolean {
  if (previews === undefined) return false;
  const files = [
    ...(previews?.filmstrips.flatMap(({ sheets }) => sheets) ?? []),
    previews?.waveform,
  ];
  return files.every((file) => file?.state !== "making");
}

async function askMissing(): Promise<void> {
  clearTimeout(timer);
  const project = useDocument.getState().project?.id;
  const { known } = usePreviews.getState();
  const digests = [...wanted.keys()].filter((digest) => !isSettled(known[digest]));
  if (project === undefined || digests.length === 0) return;
  try {
    const asked = digests.slice(0, (await vocabulary()).previews);
    take(asked, await askPreviews(asked, KINDS, project));
  } catch {
    // The server may be away for a while: what is on screen is asked for again below.
  }
  timer = setTimeout(() => void askMissing(), AGAIN_MS);
}

function take(asked: readonly string[], found: readonly Previews[]): void {
  const byDigest = new Map(found.map((previews) => [previews.digest, previews]));
  usePreviews.setState(({ known }) => ({
    known: {
      ...known,
      ...Object.fromEntries(asked.map((digest) => [digest, byDigest.get(digest) ?? null])),
    },
  }));
}

const loading = new Set<string>();

/** Fetches a file of peaks, once. */
export function wantPeaks(url: string): void {
  if (loading.has(url)) return;
  loading.add(url);
  getPeaks(url).then(
    (file) => usePreviews.setState(({ peaks }) => ({ peaks: { ...peaks, [url]: file } })),
    () => loading.delete(url),
  );
}
