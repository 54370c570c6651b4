// The editor's top bar: where we are, whether it is saved, what a render would do, and Render.
import { ArrowLeft, Settings2 } from "lucide-react";
import { lazy, Suspense, useState } from "react";
import { Link } from "wouter";
import { PlanChip } from "@/features/plan/PlanChip";
import { ProjectName } from "@/features/projects/ProjectName";
import { RenderButton } from "@/features/renders/RenderButton";
import { useDocument } from "@/lib/store/document";
import { IconButton } from "@/ui/IconButton";
import { Tooltip } from "@/ui/Tooltip";
import { ThemeButton } from "../ThemeButton";
import { SaveState } from "./SaveState";

const ProjectSettings = lazy(() => import("@/features/projects/ProjectSettings"));

export function TopBar() {
  const name = useDocument((state) => state.project?.name);
  const [isSettingUp, setSettingUp] = useState(false);
  return (
    <header className="flex h-12 shrink-0 items-center gap-1 border-b border-line bg-panel pr-3 pl-2">
      <Tooltip text="All projects">
        <Link
          href="/"
          aria-label="All projects"
          className="flex size-8 items-center justify-center rounded-lg text-muted hover:bg-hover hover:text-ink"
        >
          <ArrowLeft className="size-4" />
        </Link>
      </Tooltip>
      <h1 className="sr-only">{name}</h1>
      <ProjectName />
      <SaveState />
      <span className="flex-1" />
      <ThemeButton />
      <IconButton label="Project settings" onClick={() => setSettingUp(true)}>
        <Settings2 />
      </IconButton>
      <span className="w-1.5" />
      <PlanChip />
      <span className="w-1" />
      <RenderButton />
      {isSettingUp && (
        <Suspense>
          <ProjectSettings onClose={() => setSettingUp(false)} />
        </Suspense>
      )}
    </header>
  );
}
