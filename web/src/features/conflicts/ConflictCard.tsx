// One edit that met another person's: the two versions beside each other, and the decision.
import type { Clash } from "@/api/operations";
import { keepTheirs, restoreAsNew, takeMine } from "@/lib/actions/settleConflict";
import type { Conflict } from "@/lib/store/conflicts";
import { Button } from "@/ui/Button";
import { fieldName, inWords } from "./words";

export function ConflictCard({ conflict }: { conflict: Conflict }) {
  const isGone = conflict.kind === "gone";
  return (
    <article
      role="alert"
      className="flex flex-col gap-3 rounded-xl border border-line bg-panel p-4 text-sm shadow-lg"
    >
      <h2 className="font-medium text-ink">{title(conflict)}</h2>
      {conflict.clashes.map((clash) => (
        <Versions key={clash.field} clash={clash} />
      ))}
      <div className="flex flex-wrap justify-end gap-2">
        <Button size="sm" onClick={() => keepTheirs(conflict)}>
          {isGone ? "Let it go" : "Keep theirs"}
        </Button>
        {isGone && conflict.lost !== null && (
          <Button size="sm" look="primary" onClick={() => restoreAsNew(conflict)}>
            Restore as new segment
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

function title({ kind, undoing }: Conflict): string {
  if (kind === "gone") return "What you edited was deleted meanwhile";
  return undoing === null
    ? "Somebody else changed this meanwhile"
    : `No ${undoing}: somebody else changed this since`;
}

function Versions({ clash }: { clash: Clash }) {
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-3 gap-y-1 text-xs">
      <dt className="col-span-2 text-muted">{fieldName(clash.field)}</dt>
      <dt className="text-muted">Theirs</dt>
      <dd className="line-clamp-3 break-words text-ink">{inWords(clash.theirs)}</dd>
      <dt className="text-muted">Yours</dt>
      <dd className="line-clamp-3 break-words text-ink">{inWords(clash.mine)}</dd>
    </dl>
  );
}
