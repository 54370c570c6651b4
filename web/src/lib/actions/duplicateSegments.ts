// Copies of segments with their takes and what is tied to them; they ask for the same, so nothing is
// generated for them.
import { arrival, carriedOf } from "../clipboard/clips";
import { openProject, useDocument } from "../store/document";
import { announce, selectMany } from "../store/session";
import { perform } from "./perform";
import { segmentsOf } from "./wording";

/** Puts copies behind the last of the segments and selects them. */
export async function duplicateSegments(ids: readonly string[]): Promise<void> {
  const { id, segments } = openProject();
  const { items } = useDocument.getState();
  const sources = segments.filter((one) => ids.includes(one.id));
  const last = sources.at(-1);
  if (last === undefined) return;
  const place = { after: last.id, before: segments[segments.indexOf(last) + 1]?.id ?? null };
  const copies = arrival(carriedOf(id, sources, items), { id, segments, items }, place);
  perform(`copy of ${segmentsOf(sources.length)}`, copies.changes);
  selectMany(copies.ids);
  announce(`Copied to segment ${last.order_index + 2}`);
}
