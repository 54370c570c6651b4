// One thing that lies beside the segments, as text that can be carried between projects and tabs: tied
// to nothing, so that it is put down at any moment of any film. Pure.
import { itemContentOf } from "@/engine/inverse";
import { type ItemLike, numberIn } from "@/engine/items";
import type { NewItem } from "../itemRequests";
import { asMarked, readMarked } from "./marked";

const MARK = "video-foundry/item";

/**
 * An item as the body that would add it again. `homeSeconds`: how long what it is tied to lasts; a
 * picture that would leave with its segment is given that end.
 */
export function looseBody(item: ItemLike, homeSeconds: number): NewItem {
  const { segment, ...body } = itemContentOf(item);
  const lasts = item.kind === "text" || item.kind === "image";
  const end = segment !== undefined && lasts ? { end: homeSeconds } : {};
  return { ...end, ...body } as unknown as NewItem;
}

export const looseText = (item: NewItem): string => asMarked(MARK, { item });

/** The item in a text that `looseText` made; null for any other text. */
export function looseFrom(text: string): NewItem | null {
  const item = readMarked(MARK, text)?.item as NewItem | null | undefined;
  return typeof item?.kind === "string" ? item : null;
}

/** The same from `start` on (seconds of the film), as long as it was; captions keep their times. */
export function begunAt(body: NewItem, start: number): NewItem {
  if (body.kind === "caption") return body;
  const fields = body as unknown as ItemLike["fields"];
  const seconds = numberIn(fields, "end", Number.NaN) - numberIn(fields, "start", 0);
  const end = Number.isNaN(seconds) ? {} : { end: Number((start + seconds).toFixed(3)) };
  return { ...body, start, ...end } as NewItem;
}
