// The first screen: all projects.
import { KeyRound, Plus } from "lucide-react";
import { useEffect, useState } from "react";
import { Link, useLocation } from "wouter";
import { NewProjectDialog } from "@/features/projects/NewProjectDialog";
import { ProjectGrid } from "@/features/projects/ProjectGrid";
import { useProjects } from "@/lib/queries";
import { Button } from "@/ui/Button";
import { Logo } from "@/ui/Logo";
import { ThemeButton } from "./ThemeButton";

export default function ProjectsPage() {
  const [isCreating, setCreating] = useState(false);
  const [, goTo] = useLocation();
  const hasProjects = (useProjects().data?.length ?? 0) > 0;
  useEffect(() => {
    document.title = "Video Foundry";
  }, []);
  return (
    <div className="flex h-full flex-col overflow-y-auto">
      <header className="flex h-12 shrink-0 items-center gap-2.5 border-b border-line bg-panel px-4">
        <Logo className="size-6" />
        <span className="flex-1 font-semibold">Video Foundry</span>
        <Link
          href="/settings"
          className="flex h-8 items-center gap-1.5 rounded-lg px-2.5 font-medium text-muted hover:bg-hover hover:text-ink"
        >
          <KeyRound aria-hidden className="size-4" /> Keys
        </Link>
        <ThemeButton />
      </header>
      <main className="mx-auto w-full max-w-6xl flex-1 px-6 py-8">
        {hasProjects && (
          <div className="mb-6 flex items-center justify-between">
            <h1 className="text-xl font-semibold tracking-tight">Projects</h1>
            <Button look="primary" onClick={() => setCreating(true)}>
              <Plus /> New project
            </Button>
          </div>
        )}
        <ProjectGrid onNew={() => setCreating(true)} />
      </main>
      <NewProjectDialog
        isOpen={isCreating}
        onClose={() => setCreating(false)}
        onCreated={(project) => goTo(`/projects/${project.id}`)}
      />
    </div>
  );
}
