// Filling the screen with the picture, and back: the same key does both.

export function toggleFullScreen(element: HTMLElement | null): void {
  const done = document.fullscreenElement
    ? document.exitFullscreen()
    : element?.requestFullscreen();
  // Where the browser does not allow it, the picture stays as it is.
  done?.catch(() => undefined);
}
