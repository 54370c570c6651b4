// A menu of commands, on a button or on a right click.
import { ContextMenu, DropdownMenu } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

export interface MenuItem {
  label: string;
  icon: ReactNode;
  /** The keys that do the same; asked for when the menu opens, where they can change. */
  keys?: string | (() => string | undefined);
  isDisabled?: boolean;
  isDanger?: boolean;
  /** Draws a line above the item. */
  startsGroup?: boolean;
  run: () => void;
}

const PANEL =
  "z-50 min-w-48 animate-rise rounded-xl border border-line bg-panel p-1 shadow-float focus:outline-none";
const ITEM =
  "flex h-8 cursor-default items-center gap-2.5 rounded-lg px-2 outline-none data-[disabled]:text-faint/70 data-[highlighted]:bg-hover [&>svg]:size-4 [&>svg]:text-faint";

interface MenuProps {
  items: readonly MenuItem[];
  children: ReactNode;
}

export function Menu({ items, children }: MenuProps) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger asChild>{children}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={4} collisionPadding={8} className={PANEL}>
          {items.map((item) => (
            <Entry
              key={item.label}
              item={item}
              Separator={DropdownMenu.Separator}
              Item={DropdownMenu.Item}
            />
          ))}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

export function RightClickMenu({ items, children }: MenuProps) {
  return (
    <ContextMenu.Root modal={false}>
      <ContextMenu.Trigger asChild>{children}</ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Content collisionPadding={8} className={PANEL}>
          {items.map((item) => (
            <Entry
              key={item.label}
              item={item}
              Separator={ContextMenu.Separator}
              Item={ContextMenu.Item}
            />
          ))}
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}

interface EntryProps {
  item: MenuItem;
  Separator: typeof DropdownMenu.Separator | typeof ContextMenu.Separator;
  Item: typeof DropdownMenu.Item | typeof ContextMenu.Item;
}

function Entry({ item, Separator, Item }: EntryProps) {
  const keys = typeof item.keys === "function" ? item.keys() : item.keys;
  return (
    <>
      {item.startsGroup && <Separator className="mx-1 my-1 h-px bg-line" />}
      <Item
        disabled={item.isDisabled}
        onSelect={item.run}
        className={cn(ITEM, item.isDanger && "text-bad [&>svg]:text-bad")}
      >
        {item.icon}
        <span className="flex-1">{item.label}</span>
        {keys && <kbd className="pl-4 font-sans text-2xs text-faint">{keys}</kbd>}
      </Item>
    </>
  );
}
