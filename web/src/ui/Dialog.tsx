// A modal window with a title, and one that asks before something is done.

import { X } from "lucide-react";
import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { cn } from "@/lib/cn";
import { Button } from "./Button";
import { IconButton } from "./IconButton";
import { useReturnFocus } from "./returnFocus";

interface DialogProps {
  isOpen: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  children?: ReactNode;
  footer?: ReactNode;
  className?: string;
}

export function Dialog({ isOpen, onClose, ...rest }: DialogProps) {
  return (
    <Radix.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      {isOpen && <Window {...rest} />}
    </Radix.Root>
  );
}

type WindowProps = Omit<DialogProps, "isOpen" | "onClose">;

function Window({ title, description, children, footer, className }: WindowProps) {
  const giveFocusBack = useReturnFocus();
  return (
    <Radix.Portal>
      <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-black/60" />
      <Radix.Content
        {...(!description && { "aria-describedby": undefined })}
        // Unless a field wants the focus, the window itself takes it rather than its close button.
        onOpenAutoFocus={(event) => {
          event.preventDefault();
          (event.currentTarget as HTMLElement | null)?.focus();
        }}
        onCloseAutoFocus={giveFocusBack}
        className={cn(
          "fixed inset-x-4 top-[12vh] z-40 mx-auto flex max-h-[76vh] max-w-md animate-rise flex-col rounded-2xl border border-line bg-panel shadow-float focus:outline-none",
          className,
        )}
      >
        <header className="flex items-start gap-4 px-5 pt-4 pb-1">
          <div className="min-w-0 flex-1 pt-1 break-words">
            <Radix.Title className="text-base font-semibold">{title}</Radix.Title>
            {description && (
              <Radix.Description className="mt-1 text-muted">{description}</Radix.Description>
            )}
          </div>
          <Radix.Close asChild>
            <IconButton label="Close" className="-mr-2">
              <X />
            </IconButton>
          </Radix.Close>
        </header>
        <div className="min-h-0 flex-1 overflow-y-auto px-5 py-3">{children}</div>
        {footer && (
          <footer className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">
            {footer}
          </footer>
        )}
      </Radix.Content>
    </Radix.Portal>
  );
}

interface ConfirmProps {
  isOpen: boolean;
  onClose: () => void;
  onConfirm: () => void;
  title: string;
  text: ReactNode;
  action: string;
  isBusy?: boolean;
}

export function Confirm({ isOpen, onClose, onConfirm, title, text, action, isBusy }: ConfirmProps) {
  const footer = (
    <>
      <Button look="quiet" onClick={onClose}>
        Cancel
      </Button>
      <Button look="danger" onClick={onConfirm} isBusy={isBusy}>
        {action}
      </Button>
    </>
  );
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title={title} description={text} footer={footer} />
  );
}
