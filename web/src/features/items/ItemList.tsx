// What lies beside the segments, by kind, the topmost first.
import { MoreHorizontal } from "lucide-react";
import type { KeyboardEvent } from "react";
import { type ItemKind, itemName, KINDS } from "@/engine/items";
import { moment } from "@/engine/timecode";
import { moveItem } from "@/lib/actions/moveItem";
import { cn } from "@/lib/cn";
import { type PlacedItem, usePlacedItems } from "@/lib/hooks/usePlacedItems";
import { useDocument, useProject } from "@/lib/store/document";
import { selectItem, useSession } from "@/lib/store/session";
import { IconButton } from "@/ui/IconButton";
import { Menu } from "@/ui/Menu";
import { useFocusKept } from "@/ui/useFocusKept";
import { itemMenu } from "./itemMenu";
import { KIND_ICON } from "./kindIcon";

export function ItemList({ kinds }: { kinds: readonly ItemKind[] }) {
  const placed = usePlacedItems();
  const selectedId = useSession((state) => state.selectedItemId);
  const kept = useFocusKept(besideRemoved);
  return (
    <div className="px-2 pb-2" {...kept}>
      {KINDS.map(({ kind, many }) => {
        if (!kinds.includes(kind)) return null;
        const rows = placed.filter(({ item }) => item.kind === kind).reverse();
        if (rows.length === 0) return null;
        return (
          <section key={kind} aria-label={many} className="pb-2">
            <h3 className="px-2.5 pt-1 pb-1 text-2xs font-medium text-faint">{many}</h3>
            <ol className="flex flex-col gap-0.5">
              {rows.map((row) => (
                <ItemRow key={row.item.id} placed={row} isSelected={row.item.id === selectedId} />
              ))}
            </ol>
          </section>
        );
      })}
    </div>
  );
}

/** The next row is chosen as well, so that the same key removes it, and no clip of the film. */
function besideRemoved(list: Element, place: number): HTMLElement | null | undefined {
  const rows = [...list.querySelectorAll("li")];
  const row = rows[place] ?? rows.at(-1);
  if (row === undefined) return list.closest('[role="tabpanel"]')?.querySelector("button");
  if (useSession.getState().selectedItemId === null) selectItem(row.dataset.row ?? null);
  return row.querySelector("button");
}

function ItemRow({ placed, isSelected }: { placed: PlacedItem; isSelected: boolean }) {
  const { item, span, media } = placed;
  const items = useDocument((state) => state.items);
  const name = itemName(item, media?.filename);
  const onKeyDown = (event: KeyboardEvent) => {
    const delta = event.code === "ArrowUp" ? 1 : event.code === "ArrowDown" ? -1 : 0;
    if (!event.altKey || delta === 0) return;
    event.preventDefault();
    event.stopPropagation();
    void moveItem(item.id, delta);
  };
  return (
    <li
      data-row={item.id}
      className={cn(
        "group flex items-center rounded-xl border border-transparent transition-colors",
        isSelected ? "border-line bg-raised" : "hover:bg-raised/60",
      )}
    >
      <button
        type="button"
        aria-current={isSelected || undefined}
        onClick={() => selectItem(item.id)}
        onKeyDown={onKeyDown}
        className="flex min-w-0 flex-1 items-center gap-2.5 rounded-xl py-1.5 pl-2.5 text-left -outline-offset-2"
      >
        <span
          className={cn("[&>svg]:size-4", isSelected ? "text-accent" : "text-faint")}
          aria-hidden
        >
          {KIND_ICON[item.kind]}
        </span>
        <span className="min-w-0 flex-1">
          <span className="block truncate leading-[1.15rem]">{name}</span>
          <span className="block truncate text-2xs text-faint tabular-nums">
            {moment(span.start)} to {moment(span.end)}
            <Tie segment={item.segment} />
          </span>
        </span>
      </button>
      <Menu items={itemMenu(item, items)}>
        <IconButton
          label={`More for ${name}`}
          className={cn(
            "mx-1 size-7 opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 data-[state=open]:opacity-100 pointer-coarse:opacity-100",
            isSelected && "opacity-100",
          )}
        >
          <MoreHorizontal />
        </IconButton>
      </Menu>
    </li>
  );
}

function Tie({ segment }: { segment: string | null }) {
  const { segments } = useProject();
  const index = segments.findIndex(({ id }) => id === segment);
  return index < 0 ? null : <> · with segment {index + 1}</>;
}
