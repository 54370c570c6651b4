// The commands for one item, the same in its list, on the timeline and in the inspector.
import { ArrowDown, ArrowUp, Copy, CopyPlus, Scissors, Trash2 } from "lucide-react";
import type { ReactNode } from "react";
import { NO_KEYS } from "@/commands/command";
import { keyText } from "@/commands/keySettings";
import { commandOf } from "@/commands/registry";
import { deleteItem } from "@/lib/actions/deleteItem";
import { moveItem } from "@/lib/actions/moveItem";
import type { Item } from "@/lib/itemRequests";
import { selectItem } from "@/lib/store/session";
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
    { ...entry(item, "edit.duplicate", <CopyPlus />), startsGroup: true },
    entry(item, "edit.copy", <Copy />),
    entry(item, "edit.cut", <Scissors />),
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

/** Commands work on what is selected: the item of the menu becomes it. */
const entry = (item: Item, id: string, icon: ReactNode): MenuItem => ({
  label: commandOf(id).title,
  icon,
  keys: () => keyText(id),
  run: () => {
    selectItem(item.id);
    commandOf(id).run(NO_KEYS);
  },
});
