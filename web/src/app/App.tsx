// The page as a whole: what every screen shares, and which screen an address shows.
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Route, Switch } from "wouter";
import { queryClient } from "@/lib/queryClient";
import { useSession } from "@/lib/store/session";
import { Spinner } from "@/ui/Spinner";
import { TooltipProvider } from "@/ui/Tooltip";
import { ErrorBoundary } from "./ErrorBoundary";
import { NotFoundPage } from "./NotFoundPage";

const Messages = lazy(() => import("./Messages"));
const ProjectsPage = lazy(() => import("./ProjectsPage"));
const EditorPage = lazy(() => import("./EditorPage"));
const SettingsPage = lazy(() => import("./SettingsPage"));

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <TooltipProvider delayDuration={500} skipDelayDuration={150}>
        <ErrorBoundary>
          <Suspense fallback={<Waiting />}>
            <Switch>
              <Route path="/" component={ProjectsPage} />
              <Route path="/settings" component={SettingsPage} />
              <Route path="/projects/:id">
                {({ id }) => <EditorPage key={id} projectId={id} />}
              </Route>
              <Route component={NotFoundPage} />
            </Switch>
          </Suspense>
        </ErrorBoundary>
        <Announcer />
        <Suspense>
          <Messages />
        </Suspense>
      </TooltipProvider>
    </QueryClientProvider>
  );
}

function Waiting() {
  return (
    <div
      role="status"
      aria-label="Loading"
      className="flex h-full items-center justify-center text-faint"
    >
      <Spinner className="size-5" />
    </div>
  );
}

const NO_BREAK_SPACE = "\u00a0";

function Announcer() {
  const announcement = useSession((state) => state.announcement);
  // A screen reader says only what changes: the same words again differ by a space that nobody hears.
  const isOdd = useSession((state) => state.announcements % 2 === 1);
  return (
    <p aria-live="polite" className="sr-only">
      {isOdd ? announcement + NO_BREAK_SPACE : announcement}
    </p>
  );
}
