// A part of a form that is folded away until wanted, and built only while it is open.
import { ChevronRight } from "lucide-react";
import { type ReactNode, useState } from "react";

interface DisclosureProps {
  title: string;
  /** In a few words what is inside; it gives way when there is no room. */
  aside?: ReactNode;
  /** Opens it whenever this becomes true; a person opens and closes it at will. */
  isOpen?: boolean;
  children: ReactNode;
}

export function Disclosure({ title, aside, isOpen, children }: DisclosureProps) {
  const [isShown, setShown] = useState(isOpen === true);
  return (
    <details
      open={isOpen || isShown}
      onToggle={(event) => {
        // Of those within it one hears too.
        if (event.target === event.currentTarget) setShown(event.currentTarget.open);
      }}
      className="group"
    >
      <summary className="flex h-7 list-none items-center gap-1 rounded-md text-xs font-medium text-muted hover:text-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight aria-hidden className="size-3.5 transition-transform group-open:rotate-90" />
        {title}
        {aside && (
          <span className="ml-auto min-w-0 truncate pl-3 text-2xs font-normal text-faint">
            {aside}
          </span>
        )}
      </summary>
      {isShown && <div className="pt-2">{children}</div>}
    </details>
  );
}
