// A modal window near the top whose title is not shown, for something that is typed into at once.
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { useReturnFocus } from "./returnFocus";

interface SpotlightProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
}

export function Spotlight({ title, onClose, children }: SpotlightProps) {
  const giveFocusBack = useReturnFocus();
  return (
    <Radix.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-black/50" />
        <Radix.Content
          aria-describedby={undefined}
          onCloseAutoFocus={giveFocusBack}
          className="fixed inset-x-4 top-[12vh] z-40 mx-auto flex max-h-[64vh] max-w-xl animate-rise flex-col overflow-hidden rounded-2xl border border-line bg-panel shadow-float focus:outline-none"
        >
          <Radix.Title className="sr-only">{title}</Radix.Title>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
