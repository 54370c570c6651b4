// What could not be loaded, why, and a way to ask again.
import { Button } from "./Button";
import { Notice } from "./Notice";

interface LoadFailedProps {
  /** "The takes could not be loaded". */
  title: string;
  reason: string;
  onRetry: () => void;
  isBusy?: boolean;
}

export function LoadFailed({ title, reason, onRetry, isBusy }: LoadFailedProps) {
  const retry = (
    <Button size="sm" isBusy={isBusy} onClick={onRetry}>
      Try again
    </Button>
  );
  return (
    <Notice tone="bad" title={title} actions={retry}>
      {reason}
    </Notice>
  );
}
