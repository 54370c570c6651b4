// Where short messages appear. Loaded after the page itself: nothing needs it at first.
import { Toaster } from "sonner";

const LOOK = {
  toast:
    "flex w-full items-center gap-3 rounded-xl border border-line bg-panel p-3.5 pr-4 text-ink shadow-float font-sans text-[0.8125rem]",
  title: "font-medium",
  description: "mt-0.5 text-xs text-muted first-letter:uppercase",
  content: "flex-1 min-w-0",
  icon: "[&>svg]:size-4",
  error: "[&_[data-icon]]:text-bad",
  success: "[&_[data-icon]]:text-good",
  actionButton:
    "shrink-0 rounded-lg border border-line bg-raised px-2.5 h-7 text-xs font-medium hover:bg-hover",
  closeButton:
    "order-last -mr-1.5 grid size-6 shrink-0 place-items-center rounded-md text-faint hover:bg-hover hover:text-ink [&>svg]:size-3.5",
};

export default function Messages() {
  return (
    <Toaster
      position="top-center"
      offset={56}
      mobileOffset={{ top: 56, left: 12, right: 12 }}
      closeButton
      // Its own, Alt+T, is a command's.
      hotkey={[]}
      toastOptions={{ closeButtonAriaLabel: "Close", unstyled: true, classNames: LOOK }}
      containerAriaLabel="Messages"
    />
  );
}
