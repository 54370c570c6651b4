// A part of a form that is folded away until wanted.
import { ChevronRight } from "lucide-react";
import type { ReactNode } from "react";

export function Disclosure({
  title,
  isOpen,
  children,
}: {
  title: string;
  isOpen?: boolean;
  children: ReactNode;
}) {
  return (
    <details open={isOpen} className="group">
      <summary className="flex h-7 list-none items-center gap-1 rounded-md text-xs font-medium text-muted hover:text-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight aria-hidden className="size-3.5 transition-transform group-open:rotate-90" />
        {title}
      </summary>
      <div className="pt-2">{children}</div>
    </details>
  );
}
