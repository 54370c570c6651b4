// First pictures of clips for what is painted: fetched once, kept while there is room, decoded off the
// page's thread.

/** More than are ever in sight at once. */
const MOST = 400;

/** By address, the one used last at the end; null while it is on its way or where there is none. */
const known = new Map<string, HTMLImageElement | null>();

/** The picture at an address, or null until `onReady` was called. */
export function pictureAt(url: string, onReady: () => void): HTMLImageElement | null {
  const there = known.get(url);
  if (there === undefined) fetchPicture(url, onReady);
  else {
    known.delete(url);
    known.set(url, there);
  }
  return there ?? null;
}

function fetchPicture(url: string, onReady: () => void): void {
  const image = new Image();
  image.src = url;
  known.set(url, null);
  for (const oldest of known.keys()) {
    if (known.size <= MOST) break;
    known.delete(oldest);
  }
  image.decode().then(
    () => {
      if (!known.has(url)) return;
      known.set(url, image);
      onReady();
    },
    // What cannot be shown is left out: the clip's colour says how it stands.
    () => undefined,
  );
}
