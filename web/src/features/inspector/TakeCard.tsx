// One take: its picture, and whether the cut shows it.
import { Check, Pin, PinOff } from "lucide-react";
import type { Take } from "@/api/types";
import { isZero, money } from "@/engine/money";
import { shortSeconds } from "@/engine/timecode";
import { cn } from "@/lib/cn";
import { IconButton } from "@/ui/IconButton";
import { Tooltip } from "@/ui/Tooltip";

const facts = ({ cost, duration_seconds: seconds }: Take): string =>
  [
    cost && !isZero(cost.amount) && money(cost.amount, cost.currency),
    seconds && shortSeconds(seconds),
  ]
    .filter(Boolean)
    .join(" · ");

interface TakeCardProps {
  take: Take;
  onUse: () => void;
  onPin: () => void;
}

export function TakeCard({ take, onUse, onPin }: TakeCardProps) {
  const isShown = take.is_current || take.is_pinned;
  return (
    <li
      className={cn(
        "group relative overflow-hidden rounded-lg border bg-field",
        isShown ? "border-accent" : "border-line hover:border-line-strong",
      )}
    >
      <Tooltip text={take.prompt}>
        <button
          type="button"
          aria-pressed={isShown}
          aria-label={`Use take ${take.number}`}
          onClick={onUse}
          className="relative block aspect-video w-full overflow-hidden -outline-offset-2"
        >
          {take.thumbnail_url && (
            <img src={take.thumbnail_url} alt="" className="size-full object-cover" />
          )}
          {!isShown && (
            <span className="absolute inset-0 flex items-center justify-center bg-black/55 text-xs font-medium text-white opacity-0 group-focus-within:opacity-100 group-hover:opacity-100">
              Use
            </span>
          )}
        </button>
      </Tooltip>
      <div className="flex items-center gap-1 py-0.5 pr-0.5 pl-2 text-2xs">
        <span className="flex min-w-0 flex-1 items-center gap-1 truncate">
          {isShown && <Check aria-hidden className="size-3 shrink-0 text-accent" />}
          <span className={cn("font-medium", isShown && "text-accent")}>Take {take.number}</span>
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
