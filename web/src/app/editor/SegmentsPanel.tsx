// The left panel: the segments or what lies beside them, and ways to add to both.

import { Suspense } from "react";
import { SegmentComposer } from "@/features/segments/SegmentComposer";
import { SegmentList } from "@/features/segments/SegmentList";
import { ACCEPTED_FOOTAGE, type Upload } from "@/lib/hooks/useUpload";
import { useProject } from "@/lib/store/document";
import { type ListTab, useSession } from "@/lib/store/session";
import { FileButton } from "@/ui/FileButton";
import { Tabs } from "@/ui/Tabs";
import { BesidePanel } from "./later";

const TABS = [
  { value: "shots", label: "Segments" },
  { value: "items", label: "Text & sound" },
] as const;

interface SegmentsPanelProps {
  footage: { upload: Upload | null; send: (files: Iterable<File>) => Promise<void> };
}

export function SegmentsPanel({ footage }: SegmentsPanelProps) {
  const tab = useSession((state) => state.listTab);
  return (
    <aside aria-label="Segments, text and sound" className="flex h-full min-h-0 flex-col">
      <header className="flex h-11 shrink-0 items-center px-3">
        <Tabs
          label="What to list"
          isWide
          value={tab}
          tabs={TABS}
          onChange={(listTab: ListTab) => useSession.setState({ listTab })}
        />
      </header>
      <div id={`panel-${tab}`} role="tabpanel" className="flex min-h-0 flex-1 flex-col">
        {tab === "shots" ? (
          <Shots footage={footage} />
        ) : (
          <Suspense>
            <BesidePanel />
          </Suspense>
        )}
      </div>
    </aside>
  );
}

function Shots({ footage }: SegmentsPanelProps) {
  const { segments } = useProject();
  return (
    <>
      <div className="flex h-7 shrink-0 items-center gap-2 pr-1.5 pl-4">
        <h2 className="sr-only">Segments</h2>
        <span className="flex-1 text-2xs text-faint tabular-nums">
          {segments.length > 0 &&
            (segments.length === 1 ? "1 segment" : `${segments.length} segments`)}
        </span>
        <FileButton
          label="Own footage"
          look="quiet"
          isMultiple
          accept={ACCEPTED_FOOTAGE}
          share={footage.upload?.share}
          onFiles={(files) => void footage.send(files)}
          className="h-7 px-2 text-xs"
        />
      </div>
      {segments.length > 0 ? (
        <>
          <SegmentList />
          <div className="border-t border-line p-3">
            <SegmentComposer label="Describe the next shot" />
          </div>
        </>
      ) : (
        <p className="px-4 text-xs text-faint">Your segments will stand here in order.</p>
      )}
    </>
  );
}
