// All projects, or what to do when there is none yet.
import { useMutation } from "@tanstack/react-query";
import { Plus } from "lucide-react";
import { useState } from "react";
import { asProblem } from "@/api/problem";
import { deleteProject } from "@/api/projects";
import type { ProjectSummary } from "@/api/types";
import { useProjects } from "@/lib/queries";
import { askAnew, keys } from "@/lib/queryClient";
import { sayProblem } from "@/lib/toast";
import { Button } from "@/ui/Button";
import { Confirm } from "@/ui/Dialog";
import { Notice } from "@/ui/Notice";
import { ProjectCard } from "./ProjectCard";

export function ProjectGrid({ onNew }: { onNew: () => void }) {
  const projects = useProjects();
  const [doomed, setDoomed] = useState<ProjectSummary | null>(null);
  if (projects.isPending) return <Skeleton />;
  if (projects.isError)
    return <Failed error={projects.error} onRetry={() => void projects.refetch()} />;
  if (projects.data.length === 0) return <Empty onNew={onNew} />;
  const now = Date.now();
  return (
    <>
      <div className="grid grid-cols-[repeat(auto-fill,minmax(16rem,1fr))] gap-5">
        {projects.data.map((project) => (
          <ProjectCard
            key={project.id}
            project={project}
            now={now}
            onDelete={() => setDoomed(project)}
          />
        ))}
      </div>
      {doomed && <DeleteDialog project={doomed} onClose={() => setDoomed(null)} />}
    </>
  );
}

function DeleteDialog({ project, onClose }: { project: ProjectSummary; onClose: () => void }) {
  const remove = useMutation({
    mutationFn: () => deleteProject(project.id),
    onSuccess: () => {
      onClose();
      return askAnew(keys.projects);
    },
    onError: (error) => sayProblem("The project was not deleted", error),
  });
  return (
    <Confirm
      isOpen
      onClose={onClose}
      onConfirm={() => remove.mutate()}
      isBusy={remove.isPending}
      title={`Delete “${project.name}”?`}
      text="Its segments and films leave the list. This cannot be undone."
      action="Delete project"
    />
  );
}

function Failed({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  return (
    <div className="mx-auto max-w-lg pt-16">
      <Notice
        tone="bad"
        title="The projects could not be loaded"
        actions={
          <Button size="sm" onClick={onRetry}>
            Try again
          </Button>
        }
      >
        {asProblem(error).message}
      </Notice>
    </div>
  );
}

function Skeleton() {
  return (
    <div
      role="status"
      aria-label="Loading projects"
      className="grid grid-cols-[repeat(auto-fill,minmax(16rem,1fr))] gap-5"
    >
      {[0, 1, 2].map((index) => (
        <div key={index} className="aspect-[16/12] animate-shimmer rounded-2xl bg-panel" />
      ))}
    </div>
  );
}

function Empty({ onNew }: { onNew: () => void }) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center pt-[12vh] text-center">
      <div aria-hidden className="mb-6 flex items-end gap-1.5">
        {[26, 44, 34, 58, 30].map((width, index) => (
          <span
            key={width}
            className={
              index === 3
                ? "h-12 rounded-lg bg-accent"
                : "h-12 rounded-lg border border-line bg-panel"
            }
            style={{ width }}
          />
        ))}
      </div>
      <h2 className="text-lg font-semibold">Make your first film</h2>
      <p className="mt-1 mb-5 text-muted">
        Describe it shot by shot. Change one shot later, and only that shot is made again.
      </p>
      <Button look="primary" size="lg" onClick={onNew}>
        <Plus /> New project
      </Button>
    </div>
  );
}
