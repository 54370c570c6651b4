// The windows that commands have opened; each is fetched when it is opened first.
import { type ComponentType, type LazyExoticComponent, lazy, Suspense } from "react";
import { closeWindow, useWindow, type WindowName } from "@/commands/windows";

const Settings = lazy(() => import("@/features/projects/ProjectSettings"));
const Deliver = lazy(() => import("@/features/renders/deliver/DeliverDialog"));

const WINDOWS: Readonly<Record<WindowName, LazyExoticComponent<ComponentType> | ComponentType>> = {
  palette: lazy(() => import("@/features/palette/CommandPalette")),
  shortcuts: lazy(() => import("@/features/shortcuts/ShortcutSheet")),
  settings: () => <Settings onClose={closeWindow} />,
  deliver: () => <Deliver onClose={closeWindow} />,
  export: lazy(() => import("@/features/interchange/ExportDialog")),
  "move-to": lazy(() => import("@/features/segments/MoveToDialog")),
  trim: lazy(() => import("@/features/segments/TrimDialog")),
  retarget: lazy(() => import("@/features/models/RetargetDialog")),
  "generate-changed": lazy(() => import("@/features/generate/GenerateChangedDialog")),
  "new-takes": lazy(() => import("@/features/generate/NewTakesDialog")),
};

export function CommandWindows() {
  const { name, below } = useWindow();
  if (name === null) return null;
  return [...below, name].map((one) => {
    const Window = WINDOWS[one];
    return (
      <Suspense key={one}>
        <Window />
      </Suspense>
    );
  });
}
