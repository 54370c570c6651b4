// An item as the body that would add it again.
import type { Item, NewItem } from "../itemRequests";

/** `segment`: what it is tied to, in place of what it was tied to. */
export function contentOf({ kind, media, fields }: Item, segment: string | null): NewItem {
  const whole = { ...fields, kind, ...(media !== null && { media }) };
  // The server gave these fields for this kind, so they are a body that it takes.
  return (segment === null ? whole : { ...whole, segment }) as NewItem;
}
