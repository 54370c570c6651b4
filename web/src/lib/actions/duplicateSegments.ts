// Copies of segments with their takes; they ask for the same, so nothing is generated for them.
import { contentOf } from "@/engine/inverse";
import { newId } from "../ids";
import { openProject } from "../store/document";
import { announce } from "../store/session";
import { enterSegments } from "./insertSegments";
import { segmentsOf } from "./wording";

/** Puts copies behind the last of the segments and selects them. */
export async function duplicateSegments(ids: readonly string[]): Promise<void> {
  const all = openProject().segments;
  const sources = all.filter(({ id }) => ids.includes(id));
  const last = sources.at(-1);
  if (last === undefined) return;
  const copies = sources.map((source) => ({
    ...contentOf(source),
    id: newId(),
    copies: source.id,
  }));
  const place = { after: last.id, before: all[all.indexOf(last) + 1]?.id ?? null };
  enterSegments(copies, place, `copy of ${segmentsOf(sources.length)}`);
  announce(`Copied to segment ${last.order_index + 2}`);
}
