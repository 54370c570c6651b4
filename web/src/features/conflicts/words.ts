// What edits are about, their fields and their values, in words for people. Pure.

import type { Segment } from "@/api/types";
import { itemName, KINDS } from "@/engine/items";
import type { Fields, Operation } from "@/engine/operations";
import type { Item } from "@/lib/itemRequests";

const NAMES: Readonly<Record<string, string>> = {
  model_params: "Model settings",
  media: "Footage",
  retime: "Speed",
  fields: "Content",
  take: "Choice of take",
};

/** Such as "Prompt" or "Width". */
export function fieldName(field: string): string {
  const last = field.split(".").at(-1) ?? field;
  const words = NAMES[last] ?? last.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value of a field; parts of it one after the other. */
export function inWords(value: unknown): string {
  if (value === null || value === undefined || value === "") return "nothing";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.map(inWords).join(", ");
  if (typeof value !== "object") return String(value);
  const parts = Object.entries(value).filter(([, part]) => part !== null && part !== undefined);
  return parts.map(([name, part]) => `${name.replaceAll("_", " ")} ${inWords(part)}`).join(", ");
}

/** What there is, and what was last seen of what is gone. */
interface Known {
  segments: readonly Segment[];
  items: readonly Item[];
  lost: Segment | null;
  lostItem: Item | null;
}

/** What an operation is about, such as "Segment 3" or "Text “Harbour nights”". */
export function subjectOf(operation: Operation | undefined, known: Known): string {
  switch (operation?.type) {
    case "edit_segment":
    case "choose_take":
      return segmentName(operation.segment, known);
    case "delete_segments":
    case "move_segments":
      return segmentsName(operation.segments, known);
    case "edit_item":
      return nameOfItem(operation.item, known);
    case "edit_project":
      return "The project";
    default:
      return "What you did";
  }
}

function segmentsName(ids: readonly string[], known: Known): string {
  return ids.length === 1 ? segmentName(ids[0] ?? "", known) : `${ids.length} segments`;
}

/** Where it stands, or where it stood. */
function segmentName(id: string, { segments, lost }: Known): string {
  const segment = segments.find((one) => one.id === id) ?? (lost?.id === id ? lost : null);
  return segment === null ? "A segment" : `Segment ${segment.order_index + 1}`;
}

function nameOfItem(id: string, { items, lostItem }: Known): string {
  const item = items.find((one) => one.id === id) ?? (lostItem?.id === id ? lostItem : null);
  if (item === null) return "A title or sound";
  const kind = KINDS.find((one) => one.kind === item.kind)?.one ?? "Item";
  return item.kind === "text" ? `${kind} “${itemName(item, undefined)}”` : kind;
}

/** What an edit says, field by field. */
export function saidBy(operation: Operation | undefined): readonly [string, unknown][] {
  const said: Fields =
    operation?.type === "edit_segment"
      ? operation.set
      : operation?.type === "edit_item"
        ? (operation.set.fields ?? {})
        : {};
  return Object.entries(said);
}
