// The commands for one item, the same in its list and in the inspector.
import { ArrowDown, ArrowUp, Trash2 } from "lucide-react";
import { keyText } from "@/commands/keySettings";
import { deleteItem } from "@/lib/actions/deleteItem";
import { moveItem } from "@/lib/actions/moveItem";
import type { Item } from "@/lib/itemRequests";
import type { MenuItem } from "@/ui/Menu";

/** `items`: all of the project, from the lowest to the topmost. */
export function itemMenu(item: Item, items: readonly Item[]): MenuItem[] {
  const alike = items.filter((other) => other.kind === item.kind);
  const at = alike.findIndex((other) => other.id === item.id);
  return [
    {
      label: item.kind === "audio" ? "Move up" : "Bring forward",
      icon: <ArrowUp />,
      keys: "Alt ↑",
      isDisabled: at === alike.length - 1,
      run: () => void moveItem(item.id, 1),
    },
    {
      label: item.kind === "audio" ? "Move down" : "Send backward",
      icon: <ArrowDown />,
      keys: "Alt ↓",
      isDisabled: at === 0,
      run: () => void moveItem(item.id, -1),
    },
    {
      label: "Remove",
      icon: <Trash2 />,
      keys: () => keyText("edit.delete"),
      isDanger: true,
      startsGroup: true,
      run: () => void deleteItem(item.id),
    },
  ];
}
