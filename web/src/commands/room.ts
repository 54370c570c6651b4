// Whether the window has room for the whole editor. With less, on a phone, the film is watched and
// approved, and nothing is cut.

export const ROOM = "(min-width: 1024px)";

export const hasRoom = (): boolean => window.matchMedia(ROOM).matches;
