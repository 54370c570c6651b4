// The editor's top bar: where we are, whether it is saved, what is under way, and what a render would do.
import { ArrowLeft, Keyboard, PanelLeft, Redo2, Search, Settings2, Undo2 } from "lucide-react";
import { Link } from "wouter";
import { useLibrary } from "@/commands/library";
import { GenerateButton } from "@/features/generate/GenerateButton";
import { QueueChip } from "@/features/generate/QueueChip";
import { PlanChip } from "@/features/plan/PlanChip";
import { ProjectName } from "@/features/projects/ProjectName";
import { RenderButton } from "@/features/renders/RenderButton";
import { useDocument } from "@/lib/store/document";
import { useHistory } from "@/lib/store/history";
import { Tooltip } from "@/ui/Tooltip";
import { ThemeButton } from "../ThemeButton";
import { CommandButton } from "./CommandButton";
import { SaveState } from "./SaveState";

export function TopBar() {
  const isLibraryOpen = useLibrary((state) => state.isOpen);
  return (
    <header className="flex h-12 shrink-0 items-center gap-1 border-b border-line bg-panel pr-3 pl-2">
      <BackLink />
      <CommandButton
        id="view.library"
        label={isLibraryOpen ? "Hide the library" : "Show the library"}
        isOn={isLibraryOpen}
      >
        <PanelLeft />
      </CommandButton>
      <Title />
      <SaveState />
      <span className="flex-1" />
      <HistoryButtons />
      <CommandButton id="view.palette">
        <Search />
      </CommandButton>
      <CommandButton id="view.shortcuts">
        <Keyboard />
      </CommandButton>
      <ThemeButton />
      <CommandButton id="view.settings">
        <Settings2 />
      </CommandButton>
      <div className="ml-1.5 flex items-center gap-1.5">
        <QueueChip />
        <GenerateButton />
        <PlanChip />
        <RenderButton />
      </div>
    </header>
  );
}

export function BackLink() {
  return (
    <Tooltip text="All projects">
      <Link
        href="/"
        aria-label="All projects"
        className="flex size-8 shrink-0 items-center justify-center rounded-lg text-muted hover:bg-hover hover:text-ink"
      >
        <ArrowLeft className="size-4" />
      </Link>
    </Tooltip>
  );
}

/** What they take back, or do again, is in their names. */
function HistoryButtons() {
  const undoLabel = useHistory((state) => state.undoLabel);
  const redoLabel = useHistory((state) => state.redoLabel);
  return (
    <>
      <CommandButton
        id="edit.undo"
        label={undoLabel === null ? "Undo" : `Undo: ${undoLabel}`}
        isDisabled={undoLabel === null}
      >
        <Undo2 />
      </CommandButton>
      <CommandButton
        id="edit.redo"
        label={redoLabel === null ? "Redo" : `Redo: ${redoLabel}`}
        isDisabled={redoLabel === null}
      >
        <Redo2 />
      </CommandButton>
    </>
  );
}

function Title() {
  const name = useDocument((state) => state.project?.name);
  return (
    <>
      <h1 className="sr-only">{name}</h1>
      <ProjectName />
    </>
  );
}
