// Where the keyboard goes on when what it stood on is on the strip no more.
import { openProject, useDocument } from "@/lib/store/document";
import { useSession } from "@/lib/store/session";

/** What is looked at; null while what was taken away is only out of sight. */
export function heirOnStrip(strip: Element, _row: number, lost: Element): HTMLElement | null {
  if (isOnFilm(lost)) return null;
  const { selectedItemId, selectedId } = useSession.getState();
  return (
    strip.querySelector<HTMLElement>(`[data-item="${selectedItemId}"]`) ??
    strip.querySelector<HTMLElement>(`[data-segment="${selectedId}"]`)
  );
}

function isOnFilm(lost: Element): boolean {
  const shown = lost.closest<HTMLElement>("[data-item], [data-cut], [data-segment]")?.dataset;
  if (shown === undefined) return false;
  const { segments } = openProject();
  if (shown.item !== undefined)
    return useDocument.getState().items.some(({ id }) => id === shown.item);
  // Behind the last segment there is no cut.
  const sought = shown.cut === undefined ? segments : segments.slice(0, -1);
  return sought.some(({ id }) => id === (shown.cut ?? shown.segment));
}
