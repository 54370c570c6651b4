// A form field: label, control, help or what is wrong with it; and the plain controls.

import { CircleAlert } from "lucide-react";
import { type ComponentProps, type ReactNode, useId } from "react";
import { cn } from "@/lib/cn";
import { Tooltip } from "./Tooltip";

/** Look shared by every control that holds a value. */
export const CONTROL =
  "w-full rounded-lg border border-edge bg-field text-ink transition-colors placeholder:text-faint hover:border-muted focus-visible:border-accent focus-visible:outline-offset-0 disabled:text-faint aria-[invalid=true]:border-bad";

export interface FieldControl {
  id: string;
  describedBy: string | undefined;
  isInvalid: boolean;
}

interface FieldProps {
  label: string;
  help?: ReactNode;
  error?: string | null;
  fix?: ReactNode;
  aside?: ReactNode;
  /** Shows the help only on the label's hover and, floating, while the field has the focus. */
  isQuiet?: boolean;
  className?: string;
  children: (control: FieldControl) => ReactNode;
}

export function Field({
  label,
  help,
  error,
  fix,
  aside,
  isQuiet,
  className,
  children,
}: FieldProps) {
  const id = useId();
  const note = error || help ? `${id}-note` : undefined;
  return (
    <div className={cn("group/field relative flex min-w-0 flex-col gap-1.5", className)}>
      <div className="flex items-center justify-between gap-2">
        <MaybeTooltip text={isQuiet ? help : null}>
          <label htmlFor={id} className="truncate text-xs font-medium text-muted">
            {label}
          </label>
        </MaybeTooltip>
        {aside && <span className="flex shrink-0 items-center text-2xs text-faint">{aside}</span>}
      </div>
      {children({ id, describedBy: note, isInvalid: Boolean(error) })}
      {error ? (
        <p id={note} role="alert" className="flex gap-1.5 text-xs text-bad">
          <CircleAlert aria-hidden className="mt-0.5 size-3 shrink-0" />
          <span className="first-letter:uppercase">
            {error}
            {fix && <span className="block text-muted">{fix}</span>}
          </span>
        </p>
      ) : (
        help && (
          <p id={note} className={cn("text-2xs text-faint", isQuiet && QUIET_HELP)}>
            {help}
          </p>
        )
      )}
    </div>
  );
}

/** Floats, so that nothing below jumps when the focus comes and goes. */
const QUIET_HELP =
  "pointer-events-none absolute top-[calc(100%+4px)] left-0 z-20 w-max max-w-full rounded-md border border-line bg-raised px-2 py-1 text-muted opacity-0 shadow-float transition-opacity group-has-[:focus-visible]/field:opacity-100 group-has-[:focus-visible]/field:delay-500";

function MaybeTooltip({ text, children }: { text: ReactNode; children: ReactNode }) {
  return text ? <Tooltip text={text}>{children}</Tooltip> : children;
}

export function Input({ className, ...rest }: ComponentProps<"input">) {
  return <input {...rest} className={cn(CONTROL, "h-8 px-2.5", className)} />;
}

export function TextArea({ className, ...rest }: ComponentProps<"textarea">) {
  return (
    <textarea dir="auto" {...rest} className={cn(CONTROL, "resize-none px-2.5 py-2", className)} />
  );
}
