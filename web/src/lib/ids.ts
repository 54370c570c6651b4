// Ids made in the browser: of operations, of what they add, and of this window.

/** A random UUID, also where the page is not served over HTTPS and `randomUUID` is missing. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

const KEY = "video-foundry-client";

/** Which window this is; a reload keeps it. */
export const CLIENT: string = remembered();

/** It is only written down while the page is away: a copy of an open window is another window. */
function remembered(): string {
  const store = globalThis.sessionStorage;
  const known = store?.getItem(KEY) ?? newId();
  store?.removeItem(KEY);
  globalThis.addEventListener?.("pagehide", () => store?.setItem(KEY, known));
  globalThis.addEventListener?.("pageshow", () => store?.removeItem(KEY));
  return known;
}
