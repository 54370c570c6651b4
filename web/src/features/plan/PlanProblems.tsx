// What stands in the way of the plan, each with what it is about; a click goes there.
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import type { Plan } from "@/api/types";
import { itemName, KINDS } from "@/engine/items";
import { subjectOf } from "@/engine/planProblems";
import type { Item } from "@/lib/itemRequests";
import { useMedia } from "@/lib/queries";
import { useDocument, useProject } from "@/lib/store/document";
import { select, selectItem } from "@/lib/store/session";
import { Notice } from "@/ui/Notice";

type Problem = Plan["problems"][number];

/** So many are drawn: who has put these right sees the next. */
const MOST_SHOWN = 20;

export function PlanProblems({ problems }: { problems: readonly Problem[] }) {
  if (problems.length === 0) return null;
  const others = problems.length - MOST_SHOWN;
  return (
    <section
      aria-label="Problems"
      className="max-h-64 shrink-0 overflow-y-auto border-b border-line p-3"
    >
      <ul className="flex flex-col gap-2">
        {problems.slice(0, MOST_SHOWN).map((problem) => (
          <li key={`${problem.segment_id}${problem.field}${problem.message}`}>
            <About problem={problem} />
          </li>
        ))}
      </ul>
      {others > 0 && <p className="pt-2 text-xs text-muted">And {others} more.</p>}
    </section>
  );
}

function About({ problem }: { problem: Problem }) {
  const { segments } = useProject();
  const items = useDocument((state) => state.items);
  const subject = subjectOf(problem, segments, items);
  if (subject === null) {
    return (
      <Notice tone="bad" title={sentence(problem.message)}>
        {problem.fix}
      </Notice>
    );
  }
  if (subject.kind === "item") return <OfItem problem={problem} item={subject.item} />;
  return (
    <Way problem={problem} onGo={() => select(subject.id)}>
      Segment {subject.number}
    </Way>
  );
}

function OfItem({ problem, item }: { problem: Problem; item: Item }) {
  const { data: media } = useMedia(item.media);
  const kind = KINDS.find((one) => one.kind === item.kind);
  return (
    <Way problem={problem} onGo={() => selectItem(item.id)}>
      {kind?.one}: {itemName(item, media?.filename)}
    </Way>
  );
}

interface WayProps {
  problem: Problem;
  onGo: () => void;
  /** What it is about. */
  children: ReactNode;
}

function Way({ problem, onGo, children }: WayProps) {
  return (
    <button
      type="button"
      onClick={onGo}
      className="flex w-full gap-2.5 rounded-xl border border-bad/30 bg-bad-soft p-3 text-left -outline-offset-2 transition-colors hover:border-bad"
    >
      <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
      <span className="min-w-0 flex-1">
        <span dir="auto" className="block truncate text-xs text-muted">
          {children}
        </span>
        <span className="block font-medium">{sentence(problem.message)}</span>
        {problem.fix && (
          <span className="mt-0.5 block text-xs text-muted first-letter:uppercase">
            {problem.fix}
          </span>
        )}
      </span>
    </button>
  );
}

const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
