// A quiet panel for edits that met another person's edit of the same thing: what each says, and which
// is to stand.
import { lazy, Suspense } from "react";
import { focusArea } from "@/commands/focus";
import { useConflicts } from "@/lib/store/conflicts";
import { useFocusKept } from "@/ui/useFocusKept";

const ConflictCard = lazy(() => import("./ConflictCard"));

export function ConflictPanel() {
  const conflicts = useConflicts((state) => state.conflicts);
  const kept = useFocusKept((panel) => {
    if (!panel.isConnected) focusArea("timeline");
    return panel.querySelector("button");
  });
  if (conflicts.length === 0) return null;
  return (
    <section
      {...kept}
      aria-label="Edits that need a decision"
      className="fixed bottom-4 left-4 z-40 flex max-h-[70vh] w-96 max-w-[calc(100vw-2rem)] flex-col gap-3 overflow-y-auto"
    >
      <Suspense>
        {conflicts.map((conflict) => (
          <ConflictCard key={conflict.id} conflict={conflict} />
        ))}
      </Suspense>
    </section>
  );
}
