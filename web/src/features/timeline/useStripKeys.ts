// Keys while a clip has the focus: arrows, Home and End go along the strip, with Shift they choose a range;
// Enter goes to the inspector. They are told in `commands/focusKeys`; every other key is the commands'.
import { type KeyboardEvent, useCallback } from "react";
import type { Segment } from "@/api/types";
import { comboOf } from "@/commands/combo";
import { isEnabled, NO_KEYS } from "@/commands/command";
import { commandFor, IS_APPLE } from "@/commands/keySettings";
import { neighbour } from "@/engine/order";
import { inspectNow, select, selectRange, useSession } from "@/lib/store/session";
import type { StripView } from "./geometry";

export function useStripKeys({ segments, scroller }: StripView) {
  return useCallback(
    (event: KeyboardEvent) => {
      const combo = comboOf(event.nativeEvent, IS_APPLE);
      const run = combo === null ? null : meantBy(combo, segments);
      if (run === null) return;
      event.preventDefault();
      event.stopPropagation();
      run();
      requestAnimationFrame(() => focusPrimary(scroller.current));
    },
    [segments, scroller],
  );
}

/**
 * Commands that take the clip with the focus elsewhere, so that the strip has to follow. At the ends of
 * the film their keys do nothing here: the browser's own meaning of some would leave the page.
 */
const LEADING: ReadonlySet<string> = new Set([
  "segment.earlier",
  "segment.later",
  "segment.first",
  "segment.last",
]);

const ALONG = /^(Shift\+)?(ArrowLeft|ArrowRight|Home|End)$/;

/** What a key does on a clip; null where it does what it does everywhere. */
function meantBy(combo: string, segments: readonly Segment[]): (() => void) | null {
  const command = commandFor(combo);
  if (command !== undefined && LEADING.has(command.id))
    return () => isEnabled(command) && command.run(NO_KEYS);
  // A command such as using the take that is looked at goes before, while there is something for it.
  if (combo === "Enter") return command && isEnabled(command) ? null : openInspector;
  const [, shift, key = ""] = ALONG.exec(combo) ?? [];
  const target = targetOf(
    key,
    segments.map(({ id }) => id),
  );
  if (target === null) return null;
  return () => (shift === undefined ? select(target) : selectRange(target));
}

function targetOf(key: string, ids: readonly string[]): string | null {
  const { selectedId } = useSession.getState();
  switch (key) {
    case "ArrowLeft":
      return neighbour(ids, selectedId, -1);
    case "ArrowRight":
      return neighbour(ids, selectedId, 1);
    case "Home":
      return ids[0] ?? null;
    case "End":
      return ids.at(-1) ?? null;
    default:
      return null;
  }
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
