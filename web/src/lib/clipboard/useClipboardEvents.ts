// The browser's own copy, cut and paste, while nothing is being typed: they may use the system's
// clipboard without asking.
import { useEffect } from "react";
import { copySelection, cutSelection, paste } from "./clipboard";

export function useClipboardEvents(): void {
  useEffect(() => {
    const listening = new AbortController();
    const { signal } = listening;
    const take = (event: ClipboardEvent, text: () => string | null) => {
      if (isTyping(event) || !document.getSelection()?.isCollapsed) return;
      const copied = text();
      if (copied === null) return;
      event.clipboardData?.setData("text/plain", copied);
      event.preventDefault();
    };
    document.addEventListener("copy", (event) => take(event, copySelection), { signal });
    document.addEventListener("cut", (event) => take(event, cutSelection), { signal });
    document.addEventListener(
      "paste",
      (event) => {
        if (isTyping(event)) return;
        event.preventDefault();
        paste(event.clipboardData?.getData("text/plain"));
      },
      { signal },
    );
    return () => listening.abort();
  }, []);
}

const isTyping = ({ target }: Event): boolean =>
  target instanceof Element &&
  target.closest("input, textarea, select, [contenteditable], [role=dialog]") !== null;
