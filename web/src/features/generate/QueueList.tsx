// What is under way and what waits for a person, segment by segment; a click leads to the segment, where
// its decision is made.
import { X } from "lucide-react";
import { memo } from "react";
import { callOff } from "@/lib/actions/callOff";
import { useSegmentName } from "@/lib/queries";
import { useSegmentProgress } from "@/lib/store/jobs";
import { select } from "@/lib/store/session";
import { IconButton } from "@/ui/IconButton";
import { ProgressBar } from "@/ui/Progress";
import { type QueueRow, shownOf, withProgress } from "./queue";

/** Rows that the list has at most. */
const MOST = 100;

export default function QueueList({ rows }: { rows: readonly QueueRow[] }) {
  return (
    <ul className="overflow-y-auto p-1.5">
      {shownOf(rows, MOST).map((row) => (
        <Row key={row.segment.id} row={row} />
      ))}
      {rows.length > MOST && (
        <li className="px-2.5 py-2 text-xs text-faint">and {rows.length - MOST} more</li>
      )}
    </ul>
  );
}

const Row = memo(function Row({ row }: { row: QueueRow }) {
  const progress = useSegmentProgress(row.segment.id) ?? row.segment.progress;
  const { segment, isUnderWay, isRunning, jobIds, reason } = withProgress(row, progress);
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
            {stateOf(isUnderWay, isRunning, progress)}
          </span>
        </span>
        {reason !== null && (
          <span className="block pl-6.5 text-warn text-xs first-letter:uppercase">{reason}</span>
        )}
        {isRunning && (
          <ProgressBar share={progress} label={`Progress of segment ${segment.order_index + 1}`} />
        )}
      </button>
      {isUnderWay && (
        <IconButton
          label={`Call off segment ${segment.order_index + 1}`}
          onClick={() => void callOff(segment.id, jobIds)}
        >
          <X />
        </IconButton>
      )}
    </li>
  );
});

function stateOf(isUnderWay: boolean, isRunning: boolean, progress: number | null): string {
  if (!isUnderWay) return "Needs you";
  if (!isRunning) return "Queued";
  return progress === null ? "Generating" : percent(progress);
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
