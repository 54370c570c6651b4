// The editor's address: loads a project, follows its events, and shows the editor.
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { asProblem } from "@/api/problem";
import { ConflictPanel } from "@/features/conflicts/ConflictPanel";
import { loadOpened } from "@/lib/loadProject";
import { Button } from "@/ui/Button";
import { Notice } from "@/ui/Notice";
import { Spinner } from "@/ui/Spinner";
import { EditorLayout } from "./editor/EditorLayout";
import { useOpenProject } from "./editor/useOpenProject";
import { NotFoundPage } from "./NotFoundPage";

export default function EditorPage({ projectId }: { projectId: string }) {
  const loaded = useQuery({
    queryKey: ["project", projectId],
    queryFn: () => loadOpened(projectId),
    gcTime: 0,
    staleTime: Infinity,
  });
  const isOpen = useOpenProject(loaded.data);
  useEffect(() => {
    if (loaded.data) document.title = `${loaded.data.project.name} · Video Foundry`;
  }, [loaded.data]);
  if (loaded.isError) {
    const problem = asProblem(loaded.error);
    if (problem.status === 404 || problem.status === 422) return <NotFoundPage />;
    return <Failed message={problem.message} onRetry={() => void loaded.refetch()} />;
  }
  return isOpen ? (
    <>
      <EditorLayout />
      <ConflictPanel />
    </>
  ) : (
    <Loading />
  );
}

function Loading() {
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

function Failed({ message, onRetry }: { message: string; onRetry: () => void }) {
  return (
    <main className="mx-auto max-w-lg px-4 pt-24">
      <Notice
        tone="bad"
        title="The project could not be loaded"
        actions={
          <Button size="sm" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        {message}
      </Notice>
    </main>
  );
}
