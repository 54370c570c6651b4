// "2 generating, 1 queued" in the top bar, and the list behind it.
import { X } from "lucide-react";
import { memo, useCallback, useMemo, useState } from "react";
import { useHandler } from "@/commands/handlers";
import { QUEUE } from "@/commands/takes";
import { callOff } from "@/lib/actions/callOff";
import { useSegmentName } from "@/lib/queries";
import { useProject } from "@/lib/store/document";
import { useJobs, useSegmentProgress } from "@/lib/store/jobs";
import { select } from "@/lib/store/session";
import { Button } from "@/ui/Button";
import { IconButton } from "@/ui/IconButton";
import { Popover } from "@/ui/Popover";
import { ProgressBar } from "@/ui/Progress";
import { Spinner } from "@/ui/Spinner";
import { type QueueRow, queueOf, queueText, shownOf, withProgress } from "./queue";

/** Rows that the list has at most. */
const MOST = 100;

export function QueueChip() {
  const { segments } = useProject();
  const rows = useMemo(() => queueOf(segments), [segments]);
  const text = useJobs(({ progress }) => queueText(rows, progress));
  const [isOpen, setOpen] = useState(false);
  const open = useCallback(() => setOpen(true), []);
  useHandler(QUEUE, rows.length > 0 ? open : null);
  if (rows.length === 0) return null;
  return (
    <Popover
      label="Under way"
      isOpen={isOpen}
      onOpenChange={setOpen}
      className="w-80"
      trigger={
        <Button title={text} className="border-accent/40 bg-accent-soft text-xs tabular-nums">
          <Spinner className="text-accent" />
          <span className="lg:max-xl:sr-only">{text}</span>
          <span aria-hidden className="hidden lg:max-xl:inline">
            {rows.length}
          </span>
        </Button>
      }
    >
      <ul className="overflow-y-auto p-1.5">
        {shownOf(rows, MOST).map((row) => (
          <Row key={row.segment.id} row={row} />
        ))}
        {rows.length > MOST && (
          <li className="px-2.5 py-2 text-xs text-faint">and {rows.length - MOST} more</li>
        )}
      </ul>
    </Popover>
  );
}

const Row = memo(function Row({ row }: { row: QueueRow }) {
  const progress = useSegmentProgress(row.segment.id) ?? row.segment.progress;
  const { segment, isRunning, jobIds, reason } = withProgress(row, progress);
  const name = useSegmentName(segment);
  return (
    <li className="flex items-start gap-1">
      <button
        type="button"
        onClick={() => select(segment.id)}
        className="flex min-w-0 flex-1 flex-col gap-1.5 rounded-lg px-2.5 py-2 text-left -outline-offset-2 hover:bg-raised"
      >
        <span className="flex w-full gap-2.5">
          <span className="w-4 text-right text-faint tabular-nums">{segment.order_index + 1}</span>
          <span className="min-w-0 flex-1 truncate">{name}</span>
          <span className="text-xs text-muted tabular-nums">
            {!isRunning ? "Queued" : progress === null ? "Generating" : percent(progress)}
          </span>
        </span>
        {reason !== null && (
          <span className="block pl-6.5 text-warn text-xs first-letter:uppercase">{reason}</span>
        )}
        {isRunning && (
          <ProgressBar share={progress} label={`Progress of segment ${segment.order_index + 1}`} />
        )}
      </button>
      <IconButton
        label={`Call off segment ${segment.order_index + 1}`}
        onClick={() => void callOff(segment.id, jobIds)}
      >
        <X />
      </IconButton>
    </li>
  );
});

const percent = (share: number) => `${Math.round(share * 100)} %`;
