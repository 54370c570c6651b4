// A button that shows only an icon; its label is its tooltip and its name for screen readers.
import type { ComponentProps, ReactNode } from "react";
import { cn } from "@/lib/cn";
import { Tooltip } from "./Tooltip";

interface IconButtonProps extends Omit<ComponentProps<"button">, "aria-label"> {
  label: string;
  /** Shown beside the label, such as "Space". */
  keys?: string;
  children: ReactNode;
  isOn?: boolean;
}

export function IconButton({ label, keys, isOn, className, children, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={label} keys={keys}>
      <button
        type="button"
        aria-label={label}
        {...(isOn !== undefined && { "aria-pressed": isOn })}
        {...rest}
        className={cn(
          "inline-flex size-8 shrink-0 items-center justify-center rounded-lg text-muted transition-colors hover:bg-hover hover:text-ink disabled:cursor-not-allowed disabled:text-faint/60 disabled:hover:bg-transparent data-[state=open]:bg-hover data-[state=open]:text-ink [&>svg]:size-4",
          isOn && "bg-accent-soft text-accent hover:text-accent",
          className,
        )}
      >
        {children}
      </button>
    </Tooltip>
  );
}
