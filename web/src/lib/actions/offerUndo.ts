// Saying what was done with a button that takes it back, for as long as nothing was done after it.
import { lastStep, useHistory } from "../store/history";
import { sayForNow } from "../toast";
import { undo } from "./undo";

/** `step`: what the button takes back, and nothing else; with another step, or project, it is gone. */
export function offerUndo(message: string, step: string): void {
  const isLast = () => lastStep() === step;
  const dismiss = sayForNow(message, { label: "Undo", run: () => isLast() && undo() });
  const stop = useHistory.subscribe(() => {
    if (isLast()) return;
    stop();
    dismiss();
  });
}
