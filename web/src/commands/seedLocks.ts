// The segments whose seed is locked: their new takes have it too, instead of one of their own. Kept in
// this browser, for it changes nothing about what a segment asks for.
import { create } from "zustand";

const KEY = "video-foundry.locked-seeds";
/** The oldest are forgotten. */
const MOST = 500;

const useLocks = create<{ ids: readonly string[] }>(() => ({ ids: remembered() }));

function remembered(): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? "[]");
    return Array.isArray(stored) ? stored.filter((id) => typeof id === "string") : [];
  } catch {
    return [];
  }
}

export const isSeedLocked = (segmentId: string): boolean =>
  useLocks.getState().ids.includes(segmentId);

export const useIsSeedLocked = (segmentId: string): boolean =>
  useLocks(({ ids }) => ids.includes(segmentId));

export function toggleSeedLock(segmentId: string): void {
  const { ids } = useLocks.getState();
  const others = ids.filter((id) => id !== segmentId);
  const next = others.length < ids.length ? others : [...ids, segmentId].slice(-MOST);
  useLocks.setState({ ids: next });
  localStorage.setItem(KEY, JSON.stringify(next));
}
