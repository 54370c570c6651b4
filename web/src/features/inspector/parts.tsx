// Small pieces that the sections of the inspector share.
import { Info } from "lucide-react";
import type { ReactNode } from "react";
import type { FindProblem } from "@/lib/hooks/useProblems";

/** Why a section has nothing to offer. */
export function Why({ children }: { children: ReactNode }) {
  return (
    <p role="note" className="flex gap-2 rounded-lg bg-raised px-2.5 py-2 text-xs text-muted">
      <Info aria-hidden className="mt-0.5 size-3.5 shrink-0 text-faint" />
      <span>{children}</span>
    </p>
  );
}

/** `error` and `fix` of a field, for spreading into its control. */
export function at(find: FindProblem, field: string) {
  const problem = find(field);
  return { error: problem?.message, fix: problem?.fix };
}
