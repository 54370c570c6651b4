// What a click on a clip does: choose it, add it, choose up to it, or split it there.
import { type ClipLayout, xToTime } from "@/engine/clipLayout";
import { splitAt } from "@/lib/clipboard/atPlayhead";
import { select, selectRange, toggleSelect, useSession } from "@/lib/store/session";

interface ClickKeys {
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
}

/** `x`: px of the strip, where splitting is possible. */
export function chooseByClick(id: string, keys: ClickKeys, x?: number, layout?: ClipLayout): void {
  if (useSession.getState().mainTool === "split" && x !== undefined && layout) {
    return splitAt(xToTime(layout, x));
  }
  if (keys.shiftKey) selectRange(id);
  else if (keys.ctrlKey || keys.metaKey) toggleSelect(id);
  else select(id);
}
