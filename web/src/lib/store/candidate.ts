// The take that somebody looks at without having put it into the cut. Never saved, never undone: looking
// changes nothing.
import { create } from "zustand";
import type { Take } from "@/api/types";
import { useDocument } from "./document";
import { useSession } from "./session";

interface CandidateState {
  /** Null while the cut itself is looked at. */
  take: Take | null;
  /** The preview shows the cut in the candidate's place, for comparing. */
  isFlipped: boolean;
  /** Cut and candidate stand side by side. */
  isBeside: boolean;
}

const NONE = { take: null, isFlipped: false };

export const useCandidate = create<CandidateState>(() => ({ ...NONE, isBeside: false }));

/** Looks at a take; null looks at the cut again. Side by side stays as it was chosen. */
export const lookAt = (take: Take | null): void => useCandidate.setState({ ...NONE, take });

export const flip = (isFlipped: boolean): void => useCandidate.setState({ isFlipped });

export const toggleBeside = (): void =>
  useCandidate.setState(({ isBeside }) => ({ isBeside: !isBeside, isFlipped: false }));

/** The candidate, where the preview shows it in the cut's place. */
export const useShownCandidate = (): Take | null =>
  useCandidate(({ take, isFlipped, isBeside }) => (isFlipped || isBeside ? null : take));

// A candidate is one of the segment that is looked at; with another it is over.
useSession.subscribe(({ selectedId, previewTab }) => {
  const { take } = useCandidate.getState();
  if (take !== null && (take.segment_id !== selectedId || previewTab !== "clip")) lookAt(null);
});
useDocument.subscribe(({ project }) => {
  const { take } = useCandidate.getState();
  if (take === null) return;
  const segment = project?.segments.find(({ id }) => id === take.segment_id);
  if (segment === undefined) lookAt(null);
});
