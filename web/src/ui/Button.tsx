// Buttons: primary (one per view), plain, quiet and danger.
import type { ComponentProps } from "react";
import { cn } from "@/lib/cn";
import { Spinner } from "./Spinner";

const LOOKS = {
  primary:
    "bg-accent text-accent-ink font-semibold hover:bg-accent-hover disabled:bg-raised disabled:text-faint",
  plain:
    "border border-line bg-raised text-ink hover:bg-hover hover:border-line-strong disabled:text-faint",
  quiet:
    "text-muted hover:bg-hover hover:text-ink disabled:text-faint disabled:hover:bg-transparent",
  danger: "bg-bad-soft text-bad border border-bad/40 hover:border-bad disabled:text-faint",
} as const;

interface ButtonProps extends ComponentProps<"button"> {
  look?: keyof typeof LOOKS;
  size?: "sm" | "md" | "lg";
  isBusy?: boolean;
}

function dress(look: keyof typeof LOOKS, size: "sm" | "md" | "lg", className?: string): string {
  return cn(
    "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-lg font-medium whitespace-nowrap transition-colors disabled:cursor-not-allowed [&>svg]:size-4 [&>svg]:shrink-0",
    size === "sm" && "h-7 px-2.5 text-xs [&>svg]:size-3.5",
    size === "md" && "h-8 px-3",
    size === "lg" && "h-10 px-4 text-sm",
    LOOKS[look],
    className,
  );
}

export function Button({
  look = "plain",
  size = "md",
  isBusy,
  className,
  children,
  ...rest
}: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled || isBusy}
      className={dress(look, size, className)}
    >
      {isBusy && <Spinner />}
      {children}
    </button>
  );
}

interface LinkButtonProps extends ComponentProps<"a"> {
  look?: keyof typeof LOOKS;
  size?: "sm" | "md" | "lg";
}

/** A link that looks like a button. */
export function LinkButton({ look = "plain", size = "md", className, ...rest }: LinkButtonProps) {
  return <a {...rest} className={dress(look, size, className)} />;
}
