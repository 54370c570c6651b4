// Short messages at the edge of the screen; refusals say what to do and offer another try.
import { asProblem } from "@/api/problem";

interface Action {
  label: string;
  run: () => void;
}

const toaster = async () => (await import("sonner")).toast;
const button = (action?: Action) =>
  action && { action: { label: action.label, onClick: action.run } };

export function say(message: string, action?: Action): void {
  sayForNow(message, action);
}

/** Returns how to take the message away again. */
export function sayForNow(message: string, action?: Action): () => void {
  const shown = toaster().then((toast) => ({ toast, id: toast(message, button(action)) }));
  return () => void shown.then(({ toast, id }) => toast.dismiss(id));
}

/** What there is something to do about stays long enough to get there. */
export function sayDone(message: string, action?: Action): void {
  const options = action && { ...button(action), duration: 10_000 };
  void toaster().then((toast) => toast.success(message, options));
}

/** Shows why something did not work; `retry` adds a button. */
export function sayProblem(title: string, error: unknown, retry?: () => void): void {
  const problem = asProblem(error);
  const description = [problem.message, problem.fix].filter(Boolean).join(" ");
  const options = {
    description,
    duration: 9000,
    ...button(retry && { label: "Try again", run: retry }),
  };
  void toaster().then((toast) => toast.error(title, options));
}
