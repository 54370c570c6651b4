// Moving and trimming what lies beside the segments, in whole frames.
import type { FilmLayout } from "@/engine/filmLayout";
import { homeOf, movedFields, placesOf } from "@/engine/items";
import { trimmedFields } from "@/engine/itemTrim";
import { moment } from "@/engine/timecode";
import type { PlacedItem } from "../placedItem";
import { announce } from "../store/session";
import { editItem } from "./editItem";
import { WHOLE } from "./perform";

/** By what an item is taken: as a whole, or by an edge. */
export type ItemGrip = "move" | "start" | "end";

/** The film that it lies on, at `fps` frames a second. */
interface Timed {
  film: FilmLayout;
  segments: readonly { id: string }[];
  fps: number;
}

/** Fields after the item was taken by `grip` and dragged by `seconds`; null where nothing changes. */
export function fieldsAfter(
  { item, span, media }: PlacedItem,
  grip: ItemGrip,
  seconds: number,
  { film, segments, fps }: Timed,
): Readonly<Record<string, unknown>> | null {
  const home = homeOf(item.segment, film, placesOf(segments));
  const delta = Math.round(seconds * fps) / fps;
  if (grip === "move") return movedFields(item, delta, home.seconds);
  // A sound may go on after the segment that it is tied to.
  const room = item.kind === "audio" ? film.total - home.start : home.seconds;
  const file = media?.duration_seconds ?? null;
  const within = { seconds: room, end: span.end - home.start, file };
  return trimmedFields(item, grip, delta, within, 1 / fps);
}

/** Changes the item by a drag or a key, and says so. `part`: small steps of the same part are one. */
export function changeItem(
  placed: PlacedItem,
  grip: ItemGrip,
  seconds: number,
  view: Timed,
  part: string | null = WHOLE,
): void {
  const fields = fieldsAfter(placed, grip, seconds, view);
  if (fields === null) return;
  editItem(placed.item.id, { fields }, part);
  const { film, segments } = view;
  const { start } = homeOf(placed.item.segment, film, placesOf(segments));
  const [edge, at] = grip === "end" ? ["Ends", fields.end] : ["Starts", fields.start];
  announce(`${edge} at ${moment(start + Number(at))}`);
}
