// One take: its picture, whether the cut shows it, and a click to look at it.
import { Check, Eye, Pin, PinOff, TriangleAlert } from "lucide-react";
import { type KeyboardEvent, useEffect, useRef } from "react";
import type { Take } from "@/api/types";
import { isZero, money } from "@/engine/money";
import { shortSeconds } from "@/engine/timecode";
import { cn } from "@/lib/cn";
import { IconButton } from "@/ui/IconButton";

const facts = ({ cost, duration_seconds: seconds }: Take): string =>
  [
    cost && !isZero(cost.amount) && money(cost.amount, cost.currency),
    seconds && shortSeconds(seconds),
  ]
    .filter(Boolean)
    .join(" · ");

interface TakeCardProps {
  take: Take;
  /** The preview shows it in place of the cut's own. */
  isCandidate: boolean;
  onLook: () => void;
  onUse: () => void;
  onPin: () => void;
}

export function TakeCard({ take, isCandidate, onLook, onUse, onPin }: TakeCardProps) {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (isCandidate) follow(button.current);
  }, [isCandidate]);
  const isInCut = take.is_current || take.is_pinned;
  return (
    <li
      className={cn(
        "group relative overflow-hidden rounded-lg border bg-field",
        isCandidate
          ? "border-accent ring-2 ring-accent"
          : isInCut
            ? "border-accent"
            : "border-line hover:border-line-strong",
      )}
    >
      <button
        ref={button}
        type="button"
        aria-pressed={isCandidate}
        aria-label={`Look at take ${take.number}${isInCut ? ", in the cut" : ""}`}
        onClick={onLook}
        onDoubleClick={onUse}
        onKeyDown={(event) => usedByEnter(event, isCandidate, onUse)}
        className="relative block aspect-video w-full overflow-hidden -outline-offset-2"
      >
        {take.thumbnail_url && (
          <img src={take.thumbnail_url} alt="" className="size-full object-cover" />
        )}
        {isCandidate && <Eye aria-hidden className={EYE} />}
      </button>
      <div className="flex items-center gap-1 py-0.5 pr-0.5 pl-2 text-2xs">
        <span className="flex min-w-0 flex-1 items-center gap-1 truncate">
          {isInCut && <Check aria-hidden className="size-3 shrink-0 text-accent" />}
          <span className={cn("font-medium", isInCut && "text-accent")}>Take {take.number}</span>
          {take.notice && <OddLength notice={take.notice} />}
          <span className="truncate text-faint">{facts(take)}</span>
        </span>
        <IconButton
          label={
            take.is_pinned
              ? "Unpin: let the request decide"
              : "Pin: keep this take whatever changes"
          }
          isOn={take.is_pinned}
          onClick={onPin}
          className="size-6 rounded-md [&>svg]:size-3.5"
        >
          {take.is_pinned ? <PinOff /> : <Pin />}
        </IconButton>
      </div>
    </li>
  );
}

const OddLength = ({ notice }: { notice: string }) => (
  <span role="img" aria-label={notice} title={notice} className="shrink-0 text-warn">
    <TriangleAlert aria-hidden className="size-3" />
  </span>
);

const EYE = "absolute top-1.5 right-1.5 size-5 rounded-md bg-accent p-1 text-accent-ink";

/** The focus goes along from take to take, so that Enter never presses what had it before. */
function follow(button: HTMLButtonElement | null): void {
  const strip = button?.closest('section[aria-label="Takes"]');
  if (strip?.contains(document.activeElement)) button?.focus({ preventScroll: true });
  button?.scrollIntoView({ block: "nearest" });
}

/** A second press of Enter uses what the first has shown. */
function usedByEnter(event: KeyboardEvent, isCandidate: boolean, onUse: () => void): void {
  if (event.key !== "Enter" || !isCandidate) return;
  event.preventDefault();
  onUse();
}
