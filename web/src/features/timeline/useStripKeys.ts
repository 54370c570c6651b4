// Keys while a clip has the focus: arrows go along the strip, with Shift they choose a range, with Alt
// they move what is chosen.
import { type KeyboardEvent, useCallback } from "react";
import type { Segment } from "@/api/types";
import { neighbour } from "@/engine/order";
import { useCandidate } from "@/lib/store/candidate";
import { inspectNow, select, selectAll, selectRange, useSession } from "@/lib/store/session";
import type { StripView } from "./geometry";
import { moveChosen } from "./moveChosen";

export function useStripKeys({ segments, scroller }: StripView) {
  return useCallback(
    (event: KeyboardEvent) => {
      const run = commandOf(event, segments);
      if (run === null) return;
      event.preventDefault();
      event.stopPropagation();
      run();
      requestAnimationFrame(() => focusPrimary(scroller.current));
    },
    [segments, scroller],
  );
}

function commandOf(event: KeyboardEvent, segments: readonly Segment[]): (() => void) | null {
  const isMod = event.ctrlKey || event.metaKey;
  if (isMod && event.code === "KeyA" && !event.altKey && !event.shiftKey) return selectAll;
  if (isMod) return null;
  // While a take is looked at, Enter is for using it.
  if (event.code === "Enter" && !event.altKey && !event.shiftKey)
    return useCandidate.getState().take === null ? openInspector : null;
  const delta = event.code === "ArrowLeft" ? -1 : event.code === "ArrowRight" ? 1 : 0;
  if (event.altKey) return delta === 0 ? null : () => moveChosen(delta);
  const ids = segments.map(({ id }) => id);
  const target = targetOf(event.code, delta, ids);
  if (target === null) return null;
  return () => (event.shiftKey ? selectRange(target) : select(target));
}

function targetOf(code: string, delta: number, ids: readonly string[]): string | null {
  if (delta !== 0) return neighbour(ids, useSession.getState().selectedId, delta);
  if (code === "Home") return ids[0] ?? null;
  return code === "End" ? (ids.at(-1) ?? null) : null;
}

function openInspector(): void {
  inspectNow();
  const inspector = document.querySelector<HTMLElement>('aside[aria-label="Inspector"]');
  inspector?.querySelector<HTMLElement>("textarea, input, button:not([disabled])")?.focus();
}

/** Focus follows the primary selection, and the strip follows the focus. */
function focusPrimary(strip: HTMLElement | null): void {
  const { selectedId } = useSession.getState();
  if (!strip?.contains(document.activeElement)) return;
  const clip = strip.querySelector<HTMLElement>(`[data-segment="${selectedId}"]`);
  clip?.focus({ preventScroll: true });
  clip?.scrollIntoView({ block: "nearest", inline: "nearest" });
}
