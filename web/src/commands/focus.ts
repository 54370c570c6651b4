// Moving the keyboard's focus between the areas of the editor. Areas are found by what assistive
// technology finds them by: their landmarks and names.
import { type InspectorTab, inspectNow, useSession } from "@/lib/store/session";

const AREAS = {
  library: 'aside[aria-label="Library"]',
  preview: 'section[aria-label="Preview"], section[aria-label="Start"]',
  inspector: 'aside[aria-label="Inspector"]',
  timeline: 'section[aria-label="Timeline"]',
} as const;

export type Area = keyof typeof AREAS;
const ORDER = ["library", "preview", "inspector", "timeline"] as const;

/** What can have the focus; hidden elements are passed over when it is given. */
const FOCUSABLE =
  'button:not(:disabled), a[href], input:not(:disabled), textarea:not(:disabled), select, [tabindex="0"]';

/** What an area would rather begin with than with its first button. */
const FIRST: Readonly<Record<Area, string>> = {
  library: '[aria-current="true"]',
  preview: '[aria-label="Play"], [aria-label="Pause"], textarea',
  inspector: "textarea",
  timeline: '[role="option"][tabindex="0"]',
};

const find = (area: Area) => document.querySelector<HTMLElement>(AREAS[area]);

function tabStops(root: HTMLElement, selector: string): HTMLElement[] {
  return [...root.querySelectorAll<HTMLElement>(selector)].filter(
    (element) => element.tabIndex >= 0 && element.getClientRects().length > 0,
  );
}

/** Gives the focus to an area; false when it is not on the screen. */
export function focusArea(area: Area): boolean {
  if (area === "inspector") inspectNow();
  const root = find(area);
  if (root === null) return false;
  const target = tabStops(root, FIRST[area])[0] ?? tabStops(root, FOCUSABLE)[0];
  target?.focus();
  return target !== undefined;
}

/** On to the next area, or back to the one before. */
export function focusNextArea(step: 1 | -1): void {
  const here = ORDER.findIndex((area) => find(area)?.contains(document.activeElement));
  const start = here < 0 && step < 0 ? 0 : here;
  for (let turn = 1; turn <= ORDER.length; turn++) {
    const next = ORDER[(start + step * turn + ORDER.length * 2) % ORDER.length];
    if (next !== undefined && focusArea(next)) return;
  }
}

/** About two seconds: longer than it takes to fetch the inspector. */
const PATIENT_FRAMES = 120;

/** The prompt of the selected segment, whatever the inspector shows of it now. */
export function focusPrompt(): void {
  showInInspector("about");
  focusSoon(
    () => find("inspector")?.querySelector("textarea"),
    (field) => field.select(),
  );
}

/** A section of what the inspector shows of the selected segment. */
export function focusInspector(tab: InspectorTab): void {
  showInInspector(tab);
  focusSoon(() => {
    const panel = find("inspector")?.querySelector<HTMLElement>(`#panel-${tab}`);
    return panel && tabStops(panel, FOCUSABLE)[0];
  });
}

function showInInspector(inspectorTab: InspectorTab): void {
  useSession.setState({ inspectorTab, selectedItemId: null });
  inspectNow();
}

function focusSoon<Field extends HTMLElement>(
  seek: () => Field | null | undefined,
  after?: (field: Field) => void,
  frames = PATIENT_FRAMES,
): void {
  requestAnimationFrame(() => {
    const field = seek();
    if (!field && frames > 0) return focusSoon(seek, after, frames - 1);
    field?.focus();
    if (field) after?.(field);
  });
}
