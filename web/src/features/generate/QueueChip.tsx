// "2 generating, 1 queued, 1 needs you" in the top bar; the list behind it comes when it is opened.
import { CircleHelp } from "lucide-react";
import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import { useHandler } from "@/commands/handlers";
import { QUEUE } from "@/commands/takes";
import { useProject } from "@/lib/store/document";
import { useJobs } from "@/lib/store/jobs";
import { Button } from "@/ui/Button";
import { Popover } from "@/ui/Popover";
import { Spinner } from "@/ui/Spinner";
import { queueOf, queueText } from "./queue";

const QueueList = lazy(() => import("./QueueList"));

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
          {rows.some(({ isUnderWay }) => isUnderWay) ? (
            <Spinner className="text-accent" />
          ) : (
            <CircleHelp className="text-warn" />
          )}
          <span className="lg:max-xl:sr-only">{text}</span>
          <span aria-hidden className="hidden lg:max-xl:inline">
            {rows.length}
          </span>
        </Button>
      }
    >
      <Suspense fallback={<div className="h-12" />}>
        <QueueList rows={rows} />
      </Suspense>
    </Popover>
  );
}
