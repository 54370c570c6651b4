// Segment by segment what another model would make of it: what changes, what is lost, what it costs.
import { asProblem } from "@/api/problem";
import type { SegmentRetarget } from "@/api/retarget";
import type { Segment } from "@/api/types";
import { priceText } from "@/engine/money";
import { countMoves, countWords, type MoveLine, moveLines, movePrice } from "@/engine/retarget";
import { cn } from "@/lib/cn";
import { useSegmentName } from "@/lib/queries";
import { useProject } from "@/lib/store/document";
import { Badge, type Tone } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { Notice } from "@/ui/Notice";
import { Spinner } from "@/ui/Spinner";
import type { Outlook } from "./useRetarget";

export function RetargetTable({ outlook }: { outlook: Outlook }) {
  const { told, error, isCurrent, retry } = outlook;
  if (error) {
    const { message, fix } = asProblem(error);
    return (
      <Notice
        tone="bad"
        title={message}
        actions={
          <Button size="sm" onClick={retry}>
            Try again
          </Button>
        }
      >
        {fix}
      </Notice>
    );
  }
  if (told === undefined) return <Spinner className="mx-auto my-8 size-5 text-faint" />;
  return (
    <section
      aria-label="What becomes of each segment"
      aria-busy={!isCurrent}
      className={cn("flex flex-col gap-2 transition-opacity", !isCurrent && "opacity-60")}
    >
      <div className="flex flex-wrap items-baseline justify-between gap-x-4">
        <p className="font-medium">{countWords(countMoves(told.segments))}</p>
        {countMoves(told.segments).moving > 0 && (
          <p className="text-xs text-muted tabular-nums">
            One generation of each that moves:{" "}
            <span className="whitespace-nowrap">{priceText(told.price_before)}</span> before,{" "}
            <span className="font-medium whitespace-nowrap text-ink">
              {priceText(told.price_after)}
            </span>{" "}
            after
          </p>
        )}
      </div>
      {told.note && <p className="text-xs text-muted first-letter:uppercase">{told.note}.</p>}
      <Rows moves={told.segments} />
    </section>
  );
}

/** More of them would only be scrolled past; what does not fit is always shown. */
const MOST_ROWS = 200;

function Rows({ moves }: { moves: readonly SegmentRetarget[] }) {
  const { segments } = useProject();
  const byId = new Map(segments.map((segment) => [segment.id, segment]));
  const shown = moves.filter(({ action }, place) => place < MOST_ROWS || action === "refused");
  if (moves.length === 0) return null;
  return (
    <>
      <ol className="divide-y divide-line rounded-xl border border-line">
        {shown.map((move) => {
          const segment = byId.get(move.segment_id);
          return segment && <Row key={segment.id} segment={segment} move={move} />;
        })}
      </ol>
      {shown.length < moves.length && (
        <p className="text-xs text-faint">and {moves.length - shown.length} more that fit</p>
      )}
    </>
  );
}

const ACTIONS: Record<SegmentRetarget["action"], { label: string; tone: Tone }> = {
  changed: { label: "Moves", tone: "accent" },
  unchanged: { label: "Is there already", tone: "neutral" },
  refused: { label: "Does not fit", tone: "bad" },
  own_media: { label: "Own footage", tone: "neutral" },
};

function Row({ segment, move }: { segment: Segment; move: SegmentRetarget }) {
  const name = useSegmentName(segment);
  const { label, tone } = ACTIONS[move.action];
  const lines = moveLines(move);
  const price = movePrice(move);
  return (
    <li className="grid grid-cols-[1.25rem_minmax(0,1fr)_auto] gap-x-3 gap-y-0.5 px-3 py-2">
      <span className="text-right text-xs leading-5 text-faint tabular-nums">
        {segment.order_index + 1}
      </span>
      <p className="truncate">{name}</p>
      <Badge tone={tone} className="justify-self-end">
        {label}
      </Badge>
      <ul className="col-start-2 text-xs max-sm:-col-end-1">
        {lines.map((line) => (
          <Line key={line.text} line={line} />
        ))}
        {lines.length === 0 && move.action === "changed" && (
          <li className="text-faint">Fits as it is</li>
        )}
      </ul>
      {price && (
        <span className="col-start-2 text-2xs text-muted tabular-nums max-sm:-col-end-1 sm:col-start-3 sm:row-start-2 sm:text-right">
          {price}
        </span>
      )}
    </li>
  );
}

const TONES: Record<MoveLine["tone"], string> = {
  changed: "text-ink",
  lost: "text-warn",
  refused: "text-bad",
};

function Line({ line: { tone, text, aside } }: { line: MoveLine }) {
  return (
    <li className="break-words">
      <span className={TONES[tone]}>{text}</span>
      {aside && <span className="text-faint"> · {aside}</span>}
    </li>
  );
}
