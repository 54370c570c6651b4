// A panel that hangs on its button.
import { Popover as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";

interface PopoverProps {
  trigger: ReactNode;
  children: ReactNode;
  label: string;
  isOpen?: boolean;
  onOpenChange?: (isOpen: boolean) => void;
  align?: "start" | "center" | "end";
  /** Id of the command that opens it, and whose keys close it. */
  command?: string;
  className?: string;
}

export function Popover({
  trigger,
  children,
  label,
  isOpen,
  onOpenChange,
  align = "end",
  command,
  className,
}: PopoverProps) {
  return (
    <Radix.Root open={isOpen} onOpenChange={onOpenChange}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          aria-label={label}
          data-command={command}
          align={align}
          sideOffset={8}
          collisionPadding={12}
          className={cn(
            "z-30 flex max-h-[min(36rem,var(--radix-popover-content-available-height))] w-96 max-w-[calc(100vw-1.5rem)] animate-rise flex-col overflow-hidden rounded-xl border border-line bg-panel shadow-float focus:outline-none",
            className,
          )}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
