// What stands on the page when the page itself breaks.
import { Component, type ReactNode } from "react";
import { Button } from "@/ui/Button";
import { Notice } from "@/ui/Notice";

interface State {
  message: string | null;
}

export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { message: null };

  static getDerivedStateFromError(error: unknown): State {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    if (this.state.message === null) return this.props.children;
    return (
      <main className="mx-auto max-w-lg px-4 pt-24">
        <Notice
          tone="bad"
          title="The page has broken"
          actions={
            <Button size="sm" onClick={() => location.reload()}>
              Load it again
            </Button>
          }
        >
          Everything that was saved is safe. What went wrong: {this.state.message}
        </Notice>
      </main>
    );
  }
}
