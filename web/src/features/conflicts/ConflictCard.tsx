// One edit that met another person's: what it is about, the versions beside each other, and the decision.
import type { Clash } from "@/api/operations";
import { keepTheirs, restoreAsNew, takeMine } from "@/lib/actions/settleConflict";
import { type Conflict, culpritOf, isGone as isGoneIn } from "@/lib/store/conflicts";
import { useDocument } from "@/lib/store/document";
import { Button } from "@/ui/Button";
import { fieldName, inWords, saidBy, subjectOf } from "./words";

export default function ConflictCard({ conflict }: { conflict: Conflict }) {
  const isGone = useDocument((state) => isGoneIn(conflict, state));
  return (
    <article
      role="alert"
      className="flex flex-col gap-3 rounded-xl border border-line bg-panel p-4 text-sm shadow-lg"
    >
      <h2 className="font-medium break-words text-ink">{useTitle(conflict, isGone)}</h2>
      {!isGone && conflict.clashes.map((clash) => <Versions key={clash.field} clash={clash} />)}
      {isGone && <Said conflict={conflict} />}
      <div className="flex flex-wrap justify-end gap-2">
        <Button size="sm" onClick={() => keepTheirs(conflict)}>
          {isGone ? "Let it go" : "Keep theirs"}
        </Button>
        {isGone && (conflict.lost !== null || conflict.lostItem !== null) && (
          <Button size="sm" look="primary" onClick={() => restoreAsNew(conflict)}>
            {conflict.lost === null ? "Restore it" : "Restore as new segment"}
          </Button>
        )}
        {!isGone && (
          <Button size="sm" look="primary" onClick={() => takeMine(conflict)}>
            {conflict.undoing === null ? "Use mine" : "Do it anyway"}
          </Button>
        )}
      </div>
    </article>
  );
}

function useTitle(conflict: Conflict, isGone: boolean): string {
  const { undoing, lost, lostItem } = conflict;
  const segments = useDocument(({ project }) => project?.segments ?? NONE);
  const items = useDocument((state) => state.items);
  const subject = subjectOf(culpritOf(conflict), { segments, items, lost, lostItem });
  if (isGone) return `${subject} was deleted while you edited it`;
  return undoing === null
    ? `${subject}: somebody else changed this meanwhile`
    : `No ${undoing}. ${subject}: somebody else changed this since`;
}

const NONE: readonly never[] = [];

function Versions({ clash }: { clash: Clash }) {
  return (
    <dl className={VALUES}>
      <dt className="col-span-2 text-muted">{fieldName(clash.field)}</dt>
      <dt className="text-muted">Theirs</dt>
      <dd className={VALUE}>{inWords(clash.theirs)}</dd>
      <dt className="text-muted">Yours</dt>
      <dd className={VALUE}>{inWords(clash.mine)}</dd>
    </dl>
  );
}

/** What was typed: it stands nowhere else any more. */
function Said({ conflict }: { conflict: Conflict }) {
  const said = saidBy(culpritOf(conflict));
  if (said.length === 0) return null;
  return (
    <dl className={VALUES}>
      {said.map(([field, value]) => (
        <div key={field} className="col-span-2 grid grid-cols-subgrid">
          <dt className="text-muted">{fieldName(field)}</dt>
          <dd className={VALUE}>{inWords(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

const VALUES = "grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 text-xs";
const VALUE = "line-clamp-3 break-words text-ink";
